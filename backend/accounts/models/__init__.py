"""Rows of accounts, one group a file: people, clusters of accounts, consents, WeChat."""

from backend.accounts.models.clusters import Cluster, ClusterChange, ClusterGate, Mark, MarkHolder
from backend.accounts.models.consents import Consent
from backend.accounts.models.people import (
    Grant,
    Household,
    Member,
    OtpChallenge,
    SendCount,
    Session,
    User,
    resident_owner,
)
from backend.accounts.models.wechat import WechatAccount

__all__ = [
    "Cluster",
    "ClusterChange",
    "ClusterGate",
    "Consent",
    "Grant",
    "Household",
    "Mark",
    "MarkHolder",
    "Member",
    "OtpChallenge",
    "SendCount",
    "Session",
    "User",
    "WechatAccount",
    "resident_owner",
]
