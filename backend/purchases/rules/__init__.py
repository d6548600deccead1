"""Pure decisions: what counts as green, and how a purchase is told."""

from collections.abc import Collection

from backend.earning.types import ACTIVITIES, Activity
from backend.purchases.errors import CategoryNotGreen, ProductNotGreen
from backend.purchases.types import CATEGORIES, Category, Words

MOST_FEN = 5_000_000  # one order; what is dearer is not bought by a household at a till
Green = tuple[str, str]  # a category and the product in it, "" for all that bears the label


def require_green(listed: Collection[Green], category: Category, product: str) -> None:
    """Passes for what stands on the list. Raises CategoryNotGreen, or ProductNotGreen where only products do."""
    if (category, "") in listed or (product and (category, product) in listed):
        return
    categories = sorted({each for each, _ in listed})
    if category not in categories:
        raise CategoryNotGreen(category=category.value, green=categories)
    raise ProductNotGreen(category=category.value, product=product)


def told(activity: Activity, place: str, category: Category | None = None) -> Words:
    """What was done and where, for the journal."""
    info = ACTIVITIES[activity]
    zh, en = CATEGORIES[category] if category else ("", "")
    what = (f"{info.zh}·{zh}", f"{info.en}, {en}") if category else (info.zh, info.en)
    return f"在「{place}」{what[0]}", f"{what[1]} at “{place}”"
