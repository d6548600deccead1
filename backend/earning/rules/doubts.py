"""What sends an award to review, in words."""

from backend.earning.types import REASONS, ReasonCode

PHOTO_REUSED = "photo_reused"
UNDER_WATCH = "under_watch"

WORDS: dict[str, tuple[str, str]] = {
    "velocity": ("短时间内行为过多", "many acts in a short time"),
    "shared_device": ("同一设备上账户过多", "many accounts on one device"),
    "impossible_travel": ("两次扫码相距过远", "two scans too far apart"),
    PHOTO_REUSED: ("与已有照片相似", "the photo is like one that we have"),
    UNDER_WATCH: ("相关人员或站点正在核查", "the person, station or witness is being looked at"),
}


def words(code: str) -> tuple[str, str]:
    """A doubt in Chinese and English; one that another app raised stands for itself."""
    return WORDS.get(code, (code, code))


def fits(code: ReasonCode, *, granted: bool) -> bool:
    """Whether the reason can stand for this decision."""
    reason = REASONS[code]
    return reason.grants if granted else reason.denies
