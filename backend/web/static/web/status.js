// How a station's condition is shown everywhere: style and words, never colour alone.
export const STATUS = {
  open: ["tag", "✓ 可投放"],
  queue: ["tag warn", "◷ 排队中"],
  full: ["tag warn", "▲ 已满"],
  down: ["tag off", "✕ 停用"],
};

export const SOURCE = {
  operator: "运营",
  attendant: "站点人员",
  device: "设备",
  residents: "居民反馈",
};
