"""Green acts that a registered store's counter sees and confirms."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.earning.services import award
from backend.earning.types import Act, Activity, Evidence, Grade
from backend.merchants import queries as merchants
from backend.purchases import errors, queries, rules
from backend.purchases.models import ConfirmedAct
from backend.purchases.types import Earned
from backend.tokens import services as tokens
from backend.tokens.types import Purpose


def confirm(*, by: User, store_id: UUID | None, resident_code: str, activity: Activity, now: datetime) -> Earned:
    """Rewards the resident who shows a personal code for one act at the store that `by` works at.

    One showing of the code is one act of a kind. Raises Forbidden, StoreRequired, StoreStopped, ActNotRegistered, the
    code's refusals, OwnTill and those of `award`.
    """
    require_transaction()
    store = merchants.counter_store(by, store_id)
    queries.require_permit(store, activity, now)
    token = tokens.verify(code=resident_code, purpose=Purpose.RESIDENT, now=now)
    tokens.burn(token=token, burner=f"act:{activity}:{store.pk}", now=now)
    if queries.works_at(token.subject, store):
        raise errors.OwnTill
    zh, en = rules.told(activity, store.name)
    act = Act(activity, 1, Grade.CONFIRMED, now, label_zh=zh, label_en=en)
    evidence = Evidence(
        f"act:{activity}:{store.pk}:{token.digest[:32]}", token.digest, {"store": str(store.pk)}, store.pk
    )
    awarded = award(resident_id=token.subject, act=act, evidence=evidence, now=now)
    made = ConfirmedAct.objects.create(
        store=store, activity=activity.value, resident_id=token.subject, award_id=awarded.id, by=by.pk, at=now
    )
    audit.record(by=by.pk, action="purchases.confirm", subject=made.pk, now=now, activity=activity.value)
    return Earned(made.pk, awarded)
