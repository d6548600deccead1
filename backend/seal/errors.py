from backend.core.errors import Refusal


class ProofNotReady(Refusal):
    """The entry exists, but no published checkpoint covers it yet."""

    code = "proof_not_ready"
    status = 409
    zh = "这笔记录还没有进入已公布的封存点。封存点每天公布一次，请在下一个公布之后再试。"
    en = "No published checkpoint covers this entry yet. One is published every day; try again after the next."


class NotAGrowth(Refusal):
    """The tree of `size` leaves cannot have grown out of a larger one."""

    code = "not_a_growth"
    zh = "from 不能大于 {size}：封存点只会增长。"
    en = "`from` cannot exceed {size}: the log only grows."


class BrokenNote(ValueError):
    """A text is no checkpoint of ours: malformed, unsigned, or signed by another key. The message says which."""


class BrokenProof(ValueError):
    """An audit path does not lead where it should."""


class SealKeyChanged(RuntimeError):
    """SEAL_KEY is not the key that the tree was begun with. Sealing stops rather than mixing salts of two keys."""
