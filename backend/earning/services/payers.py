"""Payment accounts that residents paid with: what makes several accounts one person, told to each of them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts import services as people
from backend.accounts.models import User
from backend.core.transactions import require_transaction
from backend.earning.services.messages import tell_joined


def note_payers(*, resident_id: UUID, digests: Collection[str], now: datetime) -> None:
    """Remembers that a resident paid with these accounts (`accounts.services.payer_digest`); none changes nothing.

    Call it before any row of an award or a voucher is taken: a join passes the gate of all clusters, and whoever
    holds that must wait for nobody who may want it. Everybody who is joined by it learns so, and how to object.
    """
    require_transaction()
    wanted = {each for each in digests if each}
    resident = User.objects.filter(pk=resident_id, is_active=True).first() if wanted else None
    if resident is None:
        return
    joined = people.note_payers(user=resident, digests=wanted, now=now)
    for user_id in sorted(accounts.active_residents(joined)):
        tell_joined(user_id, now)
