"""The verbs: award, check in, end a wait, appeal, undo, photos, signals, publish rules, give points away."""

from backend.earning.services.acts import check_in
from backend.earning.services.appeals import (
    APPEAL_TIME,
    appeal_one_person,
    appeal_rejection,
    decide_appeal,
    forget_appeals,
)
from backend.earning.services.awarding import BALANCE, PROGRAMME, award, tell_balance
from backend.earning.services.giving import donate, invite_by_code, share
from backend.earning.services.payers import note_payers
from backend.earning.services.photos import (
    act_by_photo,
    add_photo,
    drop_due_evidence,
    drop_file,
    expect_room,
    forget_photos,
    keep_photo,
    look_at_photo,
    read_file,
    store_file,
    sweep_files,
)
from backend.earning.services.publishing import (
    draft_rule,
    end_boost,
    install_rule,
    preview_rule,
    publish_rule,
    register_boost,
)
from backend.earning.services.settling import release_due, review, take_back
from backend.earning.services.signals import decide_signal, scan

__all__ = [
    "APPEAL_TIME",
    "BALANCE",
    "PROGRAMME",
    "act_by_photo",
    "add_photo",
    "appeal_one_person",
    "appeal_rejection",
    "award",
    "check_in",
    "decide_appeal",
    "decide_signal",
    "donate",
    "draft_rule",
    "drop_due_evidence",
    "drop_file",
    "end_boost",
    "expect_room",
    "forget_appeals",
    "forget_photos",
    "install_rule",
    "invite_by_code",
    "keep_photo",
    "look_at_photo",
    "note_payers",
    "preview_rule",
    "publish_rule",
    "read_file",
    "register_boost",
    "release_due",
    "review",
    "scan",
    "share",
    "store_file",
    "sweep_files",
    "take_back",
    "tell_balance",
]
