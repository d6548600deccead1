"""A verb on the desk: a button, a form, and one call of a service in one durable transaction.

Who may, what state it needs and who must be the second person is the service's to judge; `shown_when` only keeps
buttons out of the way that would be refused.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.accounts.models import User
from backend.core import clock
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.edge.doors import attempt
from backend.edge.models import RememberedAnswer
from backend.ops.console.errors import PressedTwice

Facts = Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Act:
    """One press of a button: who, on which row (None on a list), what the form said, when."""

    by: User
    obj: Any
    said: dict[str, Any]
    now: datetime


class Sure(forms.Form):
    """Nothing to say but yes."""


class Reason(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}))


def _always(obj: Any) -> bool:
    return True


@dataclass(frozen=True)
class Verb:
    """`run` calls the service. `initial` fills the form from the row as the person sees it; `facts` are shown above the
    form; `secrets` are what the answer holds that is shown once and never again."""

    name: str
    label: str
    run: Callable[[Act], Any]
    form: type[forms.Form] = Reason
    shown_when: Callable[[Any], bool] = _always
    initial: Callable[[Any], dict[str, Any]] | None = None
    facts: Callable[[Any, datetime], Facts] | None = None
    secrets: Callable[[Any], Facts] | None = None

    def blank(self, obj: Any) -> forms.Form:
        return self._with_press(self.form(initial=self.initial(obj) if self.initial else None))

    def filled(self, request: HttpRequest) -> forms.Form:
        return self._with_press(self.form(request.POST, request.FILES))

    def facts_of(self, obj: Any, now: datetime) -> Facts:
        """What is worth reading before one says yes; a refusal to foresee is a fact too."""
        try:
            return list(self.facts(obj, now)) if self.facts else []
        except Refusal as refusal:
            return [("提示", refusal.detail())]

    def press(self, user: User, obj: Any, said: dict[str, Any]) -> Any:
        """What the service answered, or its refusal, with nothing moved."""
        key, now = f"console:{said.pop('press')}", clock.now()
        return attempt(lambda: self._once(Act(user, obj, said, now), key))

    def _once(self, act: Act, key: str) -> Any:
        """The unique row of the press is the guard against a second click; a refusal takes it back."""
        _, first = RememberedAnswer.objects.get_or_create(
            caller=str(act.by.pk),
            key=key,
            defaults={"request_hash": "", "status": 200, "body": "", "created_at": act.now},
        )
        if not first:
            raise PressedTwice
        return self.run(act)

    @staticmethod
    def _with_press(form: forms.Form) -> forms.Form:
        form.fields["press"] = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
        return form
