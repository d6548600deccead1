"""The console's site: who may enter, what its first page shows, and its sections."""

from typing import Any
from urllib.parse import quote

from django.contrib import auth
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from backend.core import clock
from backend.ops.console import entry, figures
from backend.ops.console.middleware import PREFIX
from backend.ops.console.sections import Section

_NOT_HERE = {"password_change", "password_change_done", "view_on_site"}  # nobody has a password


class ConsoleSite(AdminSite):
    site_header = "渝中绿色积分 · 运营控制台"
    site_title = "运营控制台"
    index_title = "今日"
    site_url = None
    index_template = "console/index.html"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return entry.is_operator(request.user)

    def get_urls(self) -> list[Any]:
        return [each for each in super().get_urls() if getattr(each, "name", None) not in _NOT_HERE]

    @method_decorator([never_cache, csrf_protect])
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One page in two steps: the telephone, then the code that came."""
        onward = _onward(request)
        if self.has_permission(request):
            return redirect(onward)
        form: entry.Phone = entry.Phone()
        shown: dict[str, Any] = {}
        if request.method == "POST":
            if not entry.Throttle().allow_request(request, None):  # type: ignore[arg-type]
                return HttpResponse("请求过于频繁，请一分钟后再试。", status=429)
            if "code" in request.POST:
                form = entry.Code(request.POST)
                if form.is_valid() and entry.enter(request, form):
                    return redirect(onward)
            else:
                form, shown = _after_sending(request)
        context = {**self.each_context(request), "title": "登录", "form": form, "next": onward, **shown}
        return TemplateResponse(request, "console/login.html", context)

    @method_decorator([never_cache, require_POST])
    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        auth.logout(request)
        return redirect(reverse("console:login"))

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, {"figures": figures.today(clock.now()), **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """Sections are the operators' words, not our apps: there is one index."""
        return redirect(reverse("console:index"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        start = reverse("console:index")
        return [
            {
                "name": section.value,
                "app_label": section.name.lower(),
                "app_url": f"{start}#{quote(section.name.lower())}",
                "has_module_perms": True,
                "models": [
                    _entry(desk) for desk in self._registry.values() if getattr(desk, "section", None) == section
                ],
            }
            for section in Section
        ]


def _after_sending(request: HttpRequest) -> tuple[entry.Phone, dict[str, Any]]:
    """The second step's form where a code was sent, with the code itself in demo mode; else the first with why not."""
    form = entry.Phone(request.POST)
    code = entry.send(request, form) if form.is_valid() else None
    if code is None:
        return form, {}
    return entry.Code(initial={"phone": form.cleaned_data["phone"], "code": code}), {"sent": True, "demo": bool(code)}


def _onward(request: HttpRequest) -> str:
    """Where to go after the login: a page of the console, never another address."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith(PREFIX) and "\\" not in wanted and not wanted.startswith(reverse("console:login"))
    return wanted if inside else reverse("console:index")


def _entry(desk: Any) -> dict[str, Any]:
    options = desk.opts
    return {
        "model": desk.model,
        "name": desk.label,
        "object_name": options.object_name,
        "perms": {"add": False, "change": False, "delete": False, "view": True},
        "admin_url": reverse(f"console:{options.app_label}_{options.model_name}_changelist"),
        "add_url": None,
        "view_only": True,
    }


console = ConsoleSite(name="console")
