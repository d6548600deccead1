"""Why a code, a photograph of one, or a poster was refused."""

from collections.abc import Iterable

from backend.core.errors import Language, Refusal
from backend.tokens.types import Purpose

# What each kind of code is called, and the page that takes it, in Chinese and English.
_NAMES = {
    Purpose.STATION_PRINTED: ("站点海报上的二维码", "the code on a station's poster"),
    Purpose.STATION_SCREEN: ("站点屏幕上的二维码", "the code on a station's screen"),
    Purpose.RESIDENT: ("居民个人码", "a resident's personal code"),
    Purpose.VOUCHER: ("消费券核销码", "a voucher's code"),
    Purpose.VOUCHER_PRINTED: ("纸质消费券上的二维码", "the code of a voucher on paper"),
    Purpose.TRAIL_HEAD: ("步道或骑行道的打卡码", "the code of a trail head"),
    Purpose.VOUCHER_OFFLINE: ("离线消费券码", "a voucher's offline code"),
    Purpose.RECEIPT: ("绿色消费小票码", "the code on a green receipt"),
    Purpose.OCCASION: ("活动现场的二维码", "the code at an occasion"),
}
_PAGES = {
    Purpose.STATION_PRINTED: ("居民端“扫一扫”页面", "the resident's scan page"),
    Purpose.STATION_SCREEN: ("居民端“扫一扫”页面", "the resident's scan page"),
    Purpose.RESIDENT: ("站点工作人员的“称重”页面", "the station attendant's weighing page"),
    Purpose.VOUCHER: ("商户的“收银核销”页面", "the shop's counter page"),
    Purpose.VOUCHER_PRINTED: ("商户的“收银核销”页面", "the shop's counter page"),
    Purpose.TRAIL_HEAD: ("居民端“低碳出行”页面", "the resident's travel page"),
    Purpose.VOUCHER_OFFLINE: ("商户的“离线核销”页面", "the shop's offline counter page"),
    Purpose.RECEIPT: ("居民端“扫一扫”页面", "the resident's scan page"),
    Purpose.OCCASION: ("居民端“扫一扫”页面", "the resident's scan page"),
}


class CodeMalformed(Refusal):
    code = "code_malformed"
    status = 422
    zh = "这不是本平台的二维码，或输入不完整。请扫描完整的二维码，或原样输入二维码下方的全部字符。"
    en = "This is not one of our codes, or part of it is missing. Scan it whole, or type all its characters."


class CodeKindUnknown(Refusal):
    """The payload has a version or algorithm that is not known here. Data: `version`, `algorithm`."""

    code = "code_kind_unknown"
    status = 422
    zh = "本服务还不能识别这种二维码。请更新应用后重新获取二维码再试。"
    en = "This service does not know this kind of code. Update the app, fetch the code again and retry."


class CodeForged(Refusal):
    """The seal does not fit, or its key is not in use (any more). One answer for both tells a forger less."""

    code = "code_forged"
    status = 422
    zh = "二维码未通过验证，可能被改动或已停用。请在应用内刷新后重新出示；如为站点海报，请联系站点工作人员更换。"
    en = (
        "This code could not be verified: it was altered or is no longer in use. Refresh it in the app and "
        "show it again; if it is on a station's poster, ask the station's staff for a new one."
    )


class CodeWrongPurpose(Refusal):
    """A genuine code of another kind. Data: `expected` (names of the purposes that pass), `got` (a name)."""

    code = "code_wrong_purpose"
    status = 422
    zh = "这是{got}，请在{page}使用；此处需要{expected}。"
    en = "This is {got}: use it on {page}. Here we need {expected}."

    def __init__(self, *, expected: Iterable[Purpose], got: Purpose) -> None:
        self._expected, self._got = sorted(expected), got
        super().__init__(expected=[purpose.name for purpose in self._expected], got=got.name)

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence, with the kinds and the page named in the reader's language."""
        english = language == "en"
        template, joint = (self.en, " or ") if english else (self.zh, "或")
        return template.format(
            got=_NAMES[self._got][english],
            page=_PAGES[self._got][english],
            expected=joint.join(_NAMES[purpose][english] for purpose in self._expected),
        )


class CodeExpired(Refusal):
    """Not within its time. Data: `window_seconds`, how long one code is shown before the next."""

    code = "code_expired"
    status = 422
    zh = "二维码不在有效时间内，请刷新后出示新的二维码（每 {window_seconds} 秒更新一次）。"
    en = "This code is not valid now. Refresh and show the new one (it changes every {window_seconds} s)."


class CodeMistyped(Refusal):
    """The check character does not fit, or a character is none of the alphabet: a slip of the finger, told at once."""

    code = "code_mistyped"
    status = 422
    zh = "输入码有误：应为 9 个字符，没有 0、1、2、8 和字母 B、I、L、O、Q、S、U、V、Z。请对照顾客屏幕重新输入。"
    en = "The code is mistyped: 9 characters, none of them 0, 1, 2, 8, B, I, L, O, Q, S, U, V or Z. Compare and retype."


class CodeNotInForce(Refusal):
    """Well typed, but nobody shows it now: expired, replaced, or guessed. The try stays counted."""

    code = "code_not_in_force"
    status = 422
    leaves_marks = True
    zh = "这个输入码已失效或不存在。请顾客在卡包中重新取一个输入码。"
    en = "This typed code is over or never was. Have the customer fetch a new one in the wallet."


class TooManyTypedCodes(Refusal):
    """Data: `limit` and `retry_after_seconds`."""

    code = "typed_code_ceiling"
    status = 429
    zh = "输入码尝试次数过多（上限 {limit} 次），请在 {retry_after_seconds} 秒后再试，或改为扫码。"
    en = "Too many typed codes (at most {limit}); try again in {retry_after_seconds} seconds, or scan."


class CodeUsed(Refusal):
    code = "code_used"
    status = 409
    zh = "这个二维码已经使用过，请刷新后使用新的二维码。"
    en = "This code has been used already. Refresh and use the new one."


class ImageTooLarge(Refusal):
    """Too many bytes or pixels to open. Data: `max_bytes` and `max_pixels`."""

    code = "image_too_large"
    status = 413
    zh = "图片过大：请上传不超过 {max_bytes} 字节、{max_pixels} 像素的图片，或靠近二维码重新拍摄。"
    en = "The picture is over {max_bytes} bytes or {max_pixels} pixels. Send a smaller one, of the code alone."


class ImageUnsupported(Refusal):
    """Not a picture that we open, or a damaged one. Data: `formats`."""

    code = "image_unsupported"
    status = 415
    zh = "无法打开这张图片：请上传完整的 JPEG、PNG 或 WebP 图片。"
    en = "The picture cannot be opened: send a complete JPEG, PNG or WebP picture."


class CodeNotFound(Refusal):
    code = "code_not_found"
    status = 422
    zh = "图片中没有找到二维码。请靠近一些、对准并避免反光后重拍，或直接输入二维码下方的字符。"
    en = "No code was found in the picture. Move closer, hold still, avoid glare, or type its characters."


class FontMissing(Refusal):
    """No font with Chinese characters. The reader of this one is the operator who asked for a poster."""

    code = "font_missing"
    status = 503
    zh = (
        "服务器上没有可用的中文字体，无法生成海报。请安装 Debian 软件包 fonts-noto-cjk 或 Python 包 "
        "manimgx-fonts-cjk，或将环境变量 POSTER_FONT 设为含中文字形的字体文件路径后重启服务。"
    )
    en = (
        "The server has no usable font with Chinese characters, so no poster can be made. Install Debian's "
        "fonts-noto-cjk or the Python package manimgx-fonts-cjk, or set POSTER_FONT to the path of such a "
        "font file, then restart."
    )
