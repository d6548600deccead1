"""What every desk has: it shows rows, never writes them, and offers the verbs of its services."""

import copy
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property

from backend.core import clock
from backend.core.errors import Refusal
from backend.ops.console.filters import filter_of
from backend.ops.console.sections import Section
from backend.ops.console.showing import column, is_hidden, shown, shown_fields
from backend.ops.console.verbs import Verb

MOST_COUNTED = 10_000


class Bounded(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody pages: a journal of millions opens as fast as a short list."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST_COUNTED].count()


class Listing(ChangeList):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opts, self.title = self.model_admin.opts, self.model_admin.label  # type: ignore[attr-defined]


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]
    """A model on the desk. The package's docstring shows how to make one."""

    label: str
    section: Section
    find_by: tuple[str, ...] = ("id",)
    verbs: tuple[Verb, ...] = ()
    list_verbs: tuple[Verb, ...] = ()
    related: tuple[
        tuple[str, str, str], ...
    ] = ()  # (label, page such as "campaigns_offer", the column that points here)

    actions = None
    ordering = ("-pk",)
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = Bounded
    change_form_template = "console/object.html"
    change_list_template = "console/list.html"

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        self.opts = copy.copy(self.opts)  # the desk's words, without touching the model's
        self.opts.verbose_name = self.opts.verbose_name_plural = self.label
        self._columns = {name: column(name) for name in {*shown_fields(model), *self._plain_columns()}}

    # -- who may what: the site has asked for the role; nothing is written through the ORM

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # -- what is shown

    def _plain_columns(self) -> list[str]:
        return [str(each) for each in self.list_display if each != "__str__" and not hasattr(type(self), str(each))]

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self._columns.get(name) or getattr(self, name) for name in map(str, self.list_display)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [filter_of(self.model, each) if isinstance(each, str) else each for each in self.list_filter]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [self._columns[name] for name in shown_fields(self.model)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """The rows that the list names, and what their own names are made of."""
        plain = {field.name for field in self.model._meta.concrete_fields if field.is_relation}
        named = [str(each) for each in self.list_display if each in plain]
        return [*named, *(self.list_select_related or [])] or False  # type: ignore[misc]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Listing

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not any(is_hidden(part) for part in lookup.split("__")) and super().lookup_allowed(
            lookup, value, request
        )

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self.find_by

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.strip()
        return (queryset.filter(self.found(term)) if term else queryset), False

    def found(self, term: str) -> Q:
        """Ids and numbers exactly, texts by how they begin; what fits no column finds nothing."""
        wanted = Q(pk__in=[])
        for name in self.find_by:
            field: Any = self.model._meta.get_field(name)
            if isinstance(field, models.CharField):
                wanted |= Q(**{f"{name}__startswith": term})
                continue
            try:
                wanted |= Q(**{name: field.to_python(term)})
            except (ValidationError, ValueError):
                continue
        return wanted

    # -- pages

    def get_urls(self) -> list[Any]:
        view, base = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("do/<slug:verb>/", view(self.verb_view), name=f"{base}_do"),
            path("<path:object_id>/do/<slug:verb>/", view(self.verb_view), name=f"{base}_do_on"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        buttons = [
            (each.label, self._page("do_on", quote(obj.pk), each.name))
            for each in self.verbs
            if obj and each.shown_when(obj)
        ]
        more = {"buttons": buttons, "related": self._related(obj), "show_close": False}
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        buttons = [(each.label, self._page("do", each.name)) for each in self.list_verbs]
        return super().changelist_view(request, {"buttons": buttons, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What happened to a row is what the audit trail says."""
        return redirect(f"{reverse('console:audit_auditrow_changelist')}?{urlencode({'q': unquote(object_id)})}")

    def verb_view(self, request: HttpRequest, verb: str, object_id: str | None = None) -> HttpResponse:
        """The form of a verb; on POST the act itself."""
        obj = None if object_id is None else self.get_object(request, unquote(object_id))
        among = self.list_verbs if object_id is None else self.verbs
        chosen = next((each for each in among if each.name == verb), None)
        if chosen is None or (object_id is not None and obj is None):
            raise Http404
        if request.method != "POST":
            return self._form_page(request, chosen, obj, chosen.blank(obj))
        form = chosen.filled(request)
        if not form.is_valid():
            return self._form_page(request, chosen, obj, form, status=422)
        answer = chosen.press(request.user, obj, form.cleaned_data)  # type: ignore[arg-type]
        if isinstance(answer, Refusal):
            form.add_error(None, answer.detail())
            return self._form_page(request, chosen, obj, form, status=answer.status)
        return self._done(request, chosen, obj, answer)

    def _form_page(self, request: HttpRequest, verb: Verb, obj: Any, form: Any, status: int = 200) -> HttpResponse:
        facts = [(label, shown(value)) for label, value in verb.facts_of(obj, clock.now())]
        context = self._context(request, verb, obj) | {"form": form, "facts": facts}
        return TemplateResponse(request, "console/verb.html", context, status=status)

    def _done(self, request: HttpRequest, verb: Verb, obj: Any, answer: Any) -> HttpResponse:
        if verb.secrets:
            context = self._context(request, verb, obj) | {"secrets": verb.secrets(answer)}
            return TemplateResponse(request, "console/secret.html", context, headers={"Cache-Control": "no-store"})
        messages.success(request, f"{verb.label}：已完成。")
        return redirect(self._back(answer if isinstance(answer, self.model) else obj))

    def _context(self, request: HttpRequest, verb: Verb, obj: Any) -> dict[str, Any]:
        base = self.admin_site.each_context(request)
        return base | {"title": verb.label, "opts": self.opts, "obj": obj, "back": self._back(obj)}

    def _back(self, obj: Any) -> str:
        """The row, if it is still there, else its list."""
        there = obj is not None and self.model._default_manager.filter(pk=obj.pk).exists()
        return self._page("change", quote(obj.pk)) if there else self._page("changelist")

    def _related(self, obj: Any) -> list[tuple[str, str]]:
        return [
            (label, f"{reverse(f'console:{page}_changelist')}?{urlencode({f'{column}__exact': obj.pk})}")
            for label, page, column in self.related
            if obj is not None
        ]

    def _page(self, name: str, *args: Any) -> str:
        return reverse(f"console:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)
