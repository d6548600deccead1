"""One server and one browser for the pages' tests; phones are made and gone with each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.live import LiveServer, embedded
from tests.e2e.phone import Phone, launch, phone

_newcomers = count(13_800_200_001)


@dataclass(frozen=True)
class Service:
    """A live server with its demo data, as `manage.py demo --json` describes it."""

    server: LiveServer
    demo: dict[str, Any]

    @property
    def url(self) -> str:
        return self.server.url

    def fresh_code(self) -> str:
        """The rotating code of a station that is open, as its screen shows it now."""
        return next(str(each["code"]) for each in self.server.demo()["stations"] if each["status"] == "open")


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with embedded(tmp_path_factory.mktemp("pages"), log="pages") as server:
        yield Service(server, server.demo())


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For this package only: Playwright's event loop must be gone before other tests use the ORM or their own loop."""
    with sync_playwright() as playwright:
        found = launch(playwright.chromium)
        yield found
        found.close()


@pytest.fixture
def new_phone(browser: Browser, service: Service) -> Iterator[Callable[..., Phone]]:
    """Makes phones; a test that leaves a fault on one of them (console, policy, exception) fails."""
    phones: list[Phone] = []
    with ExitStack() as stack:

        def make(**options: Any) -> Phone:
            phones.append(stack.enter_context(phone(browser, service.url, **options)))
            return phones[-1]

        yield make
        faults = [fault for each in phones for fault in each.faults]
    assert faults == []


@pytest.fixture
def newcomer() -> str:
    """The telephone of somebody whom no other test knows: the demo's residents have what others earned for them."""
    return str(next(_newcomers))
