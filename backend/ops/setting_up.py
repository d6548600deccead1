"""What a service needs before its first day: counting methods and award rules. Doing it again changes nothing."""

from datetime import datetime

from backend.carbon import queries as carbon_queries
from backend.carbon import services as carbon
from backend.carbon.standard import METHODS
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning import services as earning
from backend.earning.standard import RULES


def set_up(*, by: object, now: datetime) -> tuple[int, int]:
    """Installs the standard methods and rules that are missing; how many of each were."""
    require_transaction()
    start, _ = clock.day_bounds(now)
    missing = [method for method in METHODS if carbon_queries.method_in_force(method.slug, now) is None]
    for method in missing:
        carbon.publish(by=by, drafted_by="standard", method=method, valid_from=start, now=now)
    made = [earning.install_rule(by=by, activity=activity, terms=terms, now=now) for activity, terms in RULES.items()]
    return len(missing), len([rule for rule in made if rule is not None])
