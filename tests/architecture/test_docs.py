"""The documents are a test: an unnamed setting, refusal, address or command fails, and so does one that is gone."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts import rules as login
from backend.accounts.consumers import AUTH_SECONDS
from backend.config import asgi
from backend.core.errors import Refusal
from backend.earning.standard import RULES
from backend.earning.types import Activity
from backend.ops import demo
from tests.architecture.reading import (
    PACKAGES,
    ROOT,
    environment_names,
    make_targets,
    manage_commands,
    own_commands,
    sources,
    text,
)

PAGES = sorted(
    str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)  # every document that people read
READMES = ["README.md", "README.zh-CN.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE_BY_THE_OPERATOR = ("docker/.env", "docker/tls", "docker/acme")


def code_of(page: str) -> list[str]:
    """Each piece of code on a page: fenced blocks and what stands between backticks."""
    blocks = [block for _, block in FENCE.findall(text(page))]
    return blocks + re.findall(r"`([^`\n]+)`", FENCE.sub("", text(page)))


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of the table rows below a heading."""
    section = text(page).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


# -- refusals ---------------------------------------------------------------------------------------------------------


def refusals() -> Iterator[type[Refusal]]:
    for path in sources():
        if path.name == "errors.py" or path.parent.name == "errors":
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    waiting = [Refusal]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if each.__module__.split(".")[0] in PACKAGES:
                yield each


def test_every_refusal_is_listed_and_none_that_is_gone() -> None:
    documented = {(row[0].strip("`"), int(row[1])) for row in rows_of("docs/api.md", "Codes of refusals")}
    real = {(each.code, each.status): each for each in refusals()}
    missing = [f"| `{code}` | {status} | {real[code, status].en} |" for code, status in real.keys() - documented]
    assert sorted(missing) == []
    assert documented - real.keys() == set()


def test_one_code_has_one_status_and_words_in_two_languages() -> None:
    statuses: dict[str, set[int]] = {}
    for each in refusals():
        statuses.setdefault(each.code, set()).add(each.status)
        assert re.search(r"[\u4e00-\u9fff]", each.zh), each
        assert re.search(r"[A-Za-z]", each.en), each
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


# -- settings ---------------------------------------------------------------------------------------------------------


def test_every_variable_is_explained_and_no_other() -> None:
    documented = {row[0].strip("`") for row in rows_of("docs/operations.md", "Settings")}
    compose = set(re.findall(r"\$\{([A-Z_]+)", text("docker/compose.yaml")))
    assert documented == environment_names() | compose


def test_nothing_but_env_reads_the_environment() -> None:
    readers = [path for path in sources() if re.search(r"os\.environ\b(?!\.setdefault)|os\.getenv", path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in readers] == []


# -- addresses --------------------------------------------------------------------------------------------------------


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        elif isinstance(each, URLPattern) and route.startswith("api/v1/"):
            yield re.sub(r"<[^>]+>", "{id}", route.removeprefix("api/v1/"))


def test_every_address_is_named_and_none_that_is_gone() -> None:
    cells = " ".join(row[0] for row in rows_of("docs/api.md", "Addresses"))
    assert set(re.findall(r"`[A-Z]+ ([^`]+)`", cells)) == set(routes(get_resolver()))


def test_every_socket_is_named_and_none_that_is_gone() -> None:
    documented = {row[0].strip("`/") for row in rows_of("docs/api.md", "WebSockets")}
    patterns = {str(route.pattern) for route in [*asgi.accounts, *asgi.recycling, *asgi.bot]}
    assert documented == {re.sub(r"<\w+:(\w+)>", r"{\1}", pattern) for pattern in patterns}


# -- commands, paths, links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_on_a_page_exist(page: str) -> None:
    code = "\n".join(code_of(page))
    targets = re.findall(r"\bmake(?: +[A-Z_]+=\S+)* +([a-z]+)\b", code)
    assert set(targets) <= make_targets()
    commands = re.findall(r"manage\.py ([a-z_]+)", code)
    in_containers = re.findall(r"run --rm web ([a-z_]+)", code)
    assert set(commands + in_containers) <= manage_commands()


def test_every_command_is_explained() -> None:
    documented = {row[0].strip("`").split()[1] for row in rows_of("docs/operations.md", "Commands")}
    assert documented == own_commands()


def test_every_app_has_its_line_in_the_maps() -> None:
    apps = {app.replace(".", "/") + "/" for app in settings.INSTALLED_APPS if (ROOT / app.replace(".", "/")).is_dir()}
    for page, heading in [("docs/architecture.md", "Who may import whom"), ("README.md", "Map")]:
        named = re.findall(r"`([a-z/]+/)`", "".join(row[0] for row in rows_of(page, heading)))
        assert sorted(apps - set(named)) == []
        assert len(named) == len(set(named))


@pytest.mark.parametrize("page", PAGES)
def test_paths_named_on_a_page_exist(page: str) -> None:
    top = "|".join(["backend", "bot", "campaigns", "docker", "docs", "knowledge", "tests"])
    path = rf"(?<!GET )(?<!POST )(?<![\w./])(?:{top})/[\w./-]*"  # after a method stands an address
    named = {match for piece in code_of(page) for match in re.findall(path, piece)}
    gone = {path for path in named if not (ROOT / path).exists()}
    assert {path for path in gone if not path.startswith(MADE_BY_THE_OPERATOR)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text(page)) + re.findall(r'src="([^"]+)"', text(page))
    for target in targets:
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        found = (ROOT / page).parent / path if path else ROOT / page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# -- the two READMEs --------------------------------------------------------------------------------------------------


def test_both_readmes_say_the_same() -> None:
    english, chinese = (text(page) for page in READMES)
    assert [re.sub(r" +#.*", "", block) for _, block in FENCE.findall(english)] == [
        re.sub(r" +#.*", "", block) for _, block in FENCE.findall(chinese)
    ]
    for pattern in (
        r"^#+ ",
        r"^\| `[^|]+",
        r"^\d\. ",
        r"\]\((?!README)([^)]+)\)",
        r"<(http[^>]+)>",
        r'src="[^"]+"',
        r"\d{11}",
    ):
        found = [re.findall(pattern, page, re.MULTILINE) for page in (english, chinese)]
        assert found[0] == found[1], pattern


def test_the_buttons_named_in_the_tour_are_on_the_pages() -> None:
    labels = re.findall(r"\*\*([\u4e00-\u9fff]+)\*\*", text("README.md"))
    pages = [*(ROOT / "backend/web").rglob("*.html"), *(ROOT / "backend/web").rglob("*.js")]
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert len(labels) >= 5
    assert [label for label in labels if f">{label}<" not in shown and f'"{label}"' not in shown] == []
    assert [label for label in labels if f"“{label}”" not in text("README.zh-CN.md")] == []


@pytest.mark.parametrize("page", READMES)
def test_the_tour_uses_the_demo_data_as_it_is(page: str) -> None:
    assert set(re.findall(r"\b1\d{10}\b", text(page))) == {demo.RESIDENTS[0], demo.ATTENDANT, demo.COUNTER}
    offer = demo.OFFERS[0]
    assert offer.title in text(page)
    screen, _ = RULES[Activity.CHECKIN_SCREEN]["rates"][""]
    assert offer.points == screen == 10
    assert (3000 - offer.face_fen, offer.min_fen <= 3000) == (2500, True)
    for shown in ("10 ", "30 ", "25 "):
        assert shown in text(page)


# -- figures of the security page -------------------------------------------------------------------------------------


def test_the_figures_of_the_security_page_are_the_codes() -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    windows = settings.TOKEN_WINDOW_SECONDS
    screen, resident, voucher = (windows[name] for name in ("STATION_SCREEN", "RESIDENT", "VOUCHER"))
    page = text("docs/security.md")
    for row in [
        f"| a code lives | {login.OTP_LIFETIME.total_seconds() / 60:.0f} minutes |",
        f"| between two sends to one number | {login.OTP_RESEND_AFTER.total_seconds():.0f} seconds,",
        f"| wrong tries until a code is dead | {login.OTP_TRIES},",
        f"| codes per number and day | {login.OTP_PER_NUMBER_AND_DAY} |",
        f"| codes per network address and day | {login.OTP_PER_ADDRESS_AND_DAY},",
        f"| codes in all per day | {login.OTP_PER_DAY} |",
        f"| access token | {settings.ACCESS_TOKEN_LIFETIME.total_seconds() / 60:.0f} minutes |",
        f"| refresh token | {settings.REFRESH_TOKEN_LIFETIME.days} days from login,",
        f"| station, on a screen | {screen} s | {screen}–{2 * screen} s |",
        f"| resident | {resident} s | {resident}–{2 * resident} s |",
        f"| voucher | {voucher} s | {voucher}–{2 * voucher} s |",
        f"Up to {login.DEVICE_SHARED_BY} members of one household",
        f"joins for {login.TELEPHONE_KEPT.days} days more",
        f"A child under {login.ADULT_FROM} ",
        f"| JSON body | {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes,",
        f"| photograph of a code | {settings.IMAGE_UPLOAD_MAX_BYTES} bytes;",
        f"| requests by one person, or from one address without login | {rates['caller']} |",
        f"| login requests | {rates['login']} |",
        f"| questions to the assistant | {rates['assistant']} |",
        f"closed after {AUTH_SECONDS} seconds",
    ]:
        assert row in page, row
