"""Being forgotten: what of a person's vouchers leads to them. Tickets, entries and completions hold bare ids."""

from backend.accounts.models import User
from backend.core.transactions import require_transaction
from campaigns.models import GrantLine, Slip


def forget(*, by: User) -> None:
    """Takes the masked number, and what an operator noted of a person, off the lines of lists and off printed slips.

    What becomes of a line goes on under its id: a voucher that waits is refused, as there is nobody to have it.
    """
    require_transaction()
    GrantLine.objects.filter(resident_id=by.pk).update(shown="", note="")
    Slip.objects.filter(voucher__resident_id=by.pk).update(holder="")
