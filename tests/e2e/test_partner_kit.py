"""What partners are handed works: the client script and the page's shell example, against a live server."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.core import clock
from backend.ops import demo
from tests.e2e.live import ROOT, Api, LiveServer, environment_of, process, run
from tests.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("partner-kit")]
CLIENT = ROOT / "docs" / "partner_client.py"
CARD = "5000 9999 0000 0001"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The application with its demo data and without the assistant's documents, which partners do not need."""
    port, folder = free_port(), str(tmp_path_factory.mktemp("partner-kit"))
    settings = environment_of(DATA_DIR=folder, DEMO="1", PORT=str(port))
    for command in (["migrate", "-v0"], ["demo"]):
        run([sys.executable, "manage.py", *command], settings)
    application = [sys.executable, "-m", "uvicorn", "backend.config.asgi:application", "--port", str(port)]
    with process(application, settings, log="partner-kit") as running:
        live = LiveServer(port, settings, running.log)
        running.wait_for(lambda: _is_live(live.url), "the server to answer")
        yield live


def _is_live(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/health/live", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def operator(server: LiveServer) -> Api:
    return server.api.logged_in(demo.OPERATORS[0])


@pytest.fixture(scope="module")
def kit(server: LiveServer, operator: Api) -> dict[str, str]:
    """What a partner is handed, as variables of its shell."""
    partner = {"code": "kit", "name": "轨道", "account_kind": "transit_card", "modes": ["metro", "bus"]}
    assert operator.post("partners", partner).status_code == 201
    key = operator.post("partners/kit/keys", {}).json()
    return {"SERVER": server.url, "PARTNER": "kit", "KEY": key["id"], "PARTNER_SECRET": key["secret"]}


def client(kit: dict[str, str], *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    given = kit | changes
    options = ["--server", given["SERVER"], "--partner", given["PARTNER"], "--key", given["KEY"]]
    command = [sys.executable, "-I", str(CLIENT), *options, *words]
    environment = {"PARTNER_SECRET": given["PARTNER_SECRET"]}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def rides(file: Path, count: int, *more: object) -> Path:
    at = (clock.now() - timedelta(hours=1)).isoformat()
    plain: dict[str, Any] = {"mode": "metro", "rider": CARD, "at": at, "distance_m": 3000}
    lines = [*({"reference": f"K-{number}", **plain} for number in range(count)), *more]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return file


def test_the_client_proves_its_key_and_says_what_is_wrong(kit: dict[str, str]) -> None:
    assert client(kit, "check").returncode == 0
    for changes, code in (
        ({"PARTNER_SECRET": "guessed"}, "signature_invalid"),
        ({"KEY": "pk_none"}, "signature_invalid"),
    ):
        refused = client(kit, "check", **changes)
        assert (refused.returncode, code in refused.stderr) == (2, True), refused.stderr
    assert client(kit, "check", SERVER="http://127.0.0.1:9", PARTNER="kit").returncode == 2
    helped = subprocess.run([sys.executable, str(CLIENT), "--help"], capture_output=True, text=True, check=True)
    assert "examples:" in helped.stdout


def test_a_file_is_sent_in_batches_twice_without_harm_and_counts(
    server: LiveServer, kit: dict[str, str], tmp_path: Path
) -> None:
    resident = server.api.logged_in(demo.RESIDENTS[2])
    link = {"kind": "transit_card", "account": CARD, "consent": True}
    assert resident.post("me/links", link).status_code == 201
    file = rides(tmp_path / "rides.ndjson", 600, {"reference": "bad", "mode": "rocket"})
    first, again = (client(kit, "send", str(file)) for _ in range(2))
    assert first.returncode == again.returncode == 1
    assert [json.loads(line)["code"] for line in first.stdout.splitlines()] == ["event_invalid"]
    assert (first.stdout, first.stderr.splitlines()[-1]) == (again.stdout, "recorded 600, refused 1")
    server.manage("upkeep")
    (metro,) = (each for each in resident.get("me/travel").json()["today"] if each["activity"] == "metro_ride")
    assert (metro["total"], metro["credited"]) == (600 * 3000, metro["limit"])
    server.manage("prove")


def test_the_shell_example_of_the_page_is_accepted(kit: dict[str, str]) -> None:
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("needs curl and openssl")
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/partners.md").read_text(), re.MULTILINE | re.DOTALL)
    (script,) = [block for block in blocks if "X-Signature" in block]
    environment = {**kit, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["results"] == [{"reference": "T-1", "status": "recorded"}]


def till(server: LiveServer, secret: str, key: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(CLIENT), "--server", server.url, "--key", key, *words]
    environment = {"PARTNER_SECRET": secret}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_till_s_receipt_is_printed_claimed_and_refunded(server: LiveServer, operator: Api) -> None:
    store = operator.get("green/stores").json()["results"][0]["id"]
    key = operator.post(f"stores/{store}/till-keys", {}).json()
    sale = ("receipt", "KIT-1", "29900", "appliance", "--payer", "alipay:2088102122458832")
    first, again = (till(server, key["secret"], key["key_id"], *sale) for _ in range(2))
    assert first.returncode == 0, first.stderr
    receipt = json.loads(first.stdout)
    assert json.loads(again.stdout)["payload"] == receipt["payload"]
    resident = server.api.logged_in(demo.RESIDENTS[1])
    assert resident.post("purchases", {"code": receipt["url"]}).json()["points"] == 29
    held = resident.get("me/export").json()["seen_with"]
    assert "payment" in {each["kind"] for each in held}
    back = till(server, key["secret"], key["key_id"], "refund", receipt["id"], "29900", "KIT-R-1")
    assert json.loads(back.stdout)["points"] == 29
    wrong = till(server, key["secret"], key["key_id"], *sale[:4], "--payer", "cash")
    assert (wrong.returncode, "invalid_request" in wrong.stderr) == (2, True)


def test_a_revoked_key_of_the_kit_opens_nothing(kit: dict[str, str], operator: Api) -> None:
    key = operator.post("partners/kit/keys", {}).json()
    given = {"KEY": key["id"], "PARTNER_SECRET": key["secret"]}
    assert client(kit, "check", **given).returncode == 0
    headers = {"Authorization": f"Bearer {operator.access}"}
    assert httpx.delete(f"{operator.base}/api/v1/partners/kit/keys/{key['id']}", headers=headers).status_code == 200
    assert "signature_invalid" in client(kit, "check", **given).stderr
