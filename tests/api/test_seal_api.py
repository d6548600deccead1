"""Checkpoints for everybody, one's own proof for oneself, and the verifier that needs neither Django nor us."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.ledger.models import Transfer
from backend.seal import services
from tests.api.clients import client_of, problem
from tests.factories import NOON, give_points, person

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify.py"


def seal_and_publish(*, days: int = 0) -> None:
    with transaction.atomic():
        while services.seal_pending(by="test", now=NOON):
            pass
        services.publish_checkpoint(by="test", now=NOON + timedelta(days=days))


@pytest.fixture
def anna() -> User:
    return person(points=30)


@pytest.fixture
def key() -> str:
    answer = client_of().get("open-data/keys").json()
    assert [each["signs"] for each in answer["results"]] == [True]
    return str(answer["results"][0]["verifier_key"])


def entry_of(user: User) -> int:
    return int(client_of(user).get("me/points/entries").json()["results"][0]["id"])


# -- open data --------------------------------------------------------------------------------------------------------


def test_checkpoints_are_listed_newest_first_by_cursor() -> None:
    for day in range(3):
        person(points=1)
        seal_and_publish(days=day)
    first = client_of().get("open-data/checkpoints?limit=2").json()
    rest = client_of().get(first["next"]).json()
    days = [each["day"] for each in first["results"] + rest["results"]]
    assert days == ["2026-06-07", "2026-06-06", "2026-06-05"]
    assert rest["next"] is None
    assert client_of().get("open-data/checkpoints/latest").json() == first["results"][0]
    assert first["results"][0]["note"].splitlines()[2] == first["results"][0]["root_hash"]


def test_before_the_first_checkpoint_there_is_none() -> None:
    assert client_of().get("open-data/checkpoints").json() == {"next": None, "results": []}
    problem(client_of().get("open-data/checkpoints/latest"), 404, "not_found")
    problem(client_of().get("open-data/checkpoints/0/consistency?from=0"), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "invalid_request"),
        ("?from=-1", "invalid_request"),
        ("?from=x", "invalid_request"),
        ("?from=99", "not_a_growth"),
        (f"?from={10**30}", "invalid_request"),
    ],
)
def test_a_consistency_that_cannot_be_is_refused(anna: User, query: str, code: str) -> None:
    seal_and_publish()
    size = client_of().get("open-data/checkpoints/latest").json()["size"]
    problem(client_of().get(f"open-data/checkpoints/{size}/consistency{query}"), 400, code)


@pytest.mark.parametrize("size", ["7", str(10**30)])
def test_only_published_sizes_are_proved(anna: User, size: str) -> None:
    seal_and_publish()
    problem(client_of().get(f"open-data/checkpoints/{size}/consistency?from=0"), 404, "not_found")


# -- one's own entry --------------------------------------------------------------------------------------------------


def test_an_entry_is_proved_to_its_owner_only(anna: User) -> None:
    seal_and_publish()
    address = f"me/points/entries/{entry_of(anna)}/proof"
    shown = client_of(anna).get(address).json()
    assert json.loads(shown["text"])["id"] == shown["entry"]
    assert json.loads(shown["side"]["text"])["owner"] == f"resident:{anna.pk}"
    assert shown["side"]["name"] == "credit"
    problem(client_of(person()).get(address), 404, "not_found")
    problem(client_of().get(address), 401, "unauthenticated")


def test_the_answer_says_nothing_of_the_other_side(anna: User) -> None:
    """The programme's account and what it has left are in the row, not in the answer."""
    row = Transfer.objects.get(pk=entry_of(anna))
    seal_and_publish()
    shown = client_of(anna).get(f"me/points/entries/{row.pk}/proof").content.decode()
    assert row.debit.owner not in shown
    assert str(row.debit_balance_after) not in shown


def test_a_proof_waits_for_the_checkpoint(anna: User) -> None:
    address = f"me/points/entries/{entry_of(anna)}/proof"
    problem(client_of(anna).get(address), 409, "proof_not_ready")
    seal_and_publish()
    assert client_of(anna).get(address).status_code == 200


@pytest.mark.parametrize("entry", ["0", "999999", str(10**30)])
def test_an_entry_that_is_none_is_not_found(anna: User, entry: str) -> None:
    seal_and_publish()
    problem(client_of(anna).get(f"me/points/entries/{entry}/proof"), 404, "not_found")


# -- the verifier -----------------------------------------------------------------------------------------------------


class Verifier:
    """Runs docs/verify.py as anybody would: a file, a Python, nothing else of ours on its path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, command: str, *documents: Any, key: str, bare: bool = False) -> tuple[int, str]:
        names = []
        for number, document in enumerate(documents):
            name = self._folder / f"{number}.json"
            name.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
            names.append(str(name))
        # -I -S: no site packages, so neither Django nor cryptography can be found
        python = [sys.executable, *(["-I", "-S"] if bare else [])]
        call = [*python, str(VERIFIER), command, *names, "--key", key]
        run = subprocess.run(call, cwd=self._folder, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr


@pytest.fixture
def verify(tmp_path: Path) -> Verifier:
    return Verifier(tmp_path)


@pytest.mark.parametrize("bare", [False, True], ids=["cryptography", "standard library"])
def test_what_is_served_verifies(anna: User, key: str, verify: Verifier, bare: bool) -> None:
    seal_and_publish()
    old = client_of().get("open-data/checkpoints/latest").json()
    for _ in range(5):
        with transaction.atomic():
            give_points(anna, 2)
    entry = entry_of(anna)
    seal_and_publish(days=1)
    new = client_of().get("open-data/checkpoints/latest").json()
    proof = client_of(anna).get(f"me/points/entries/{entry}/proof").json()
    grown = client_of().get(f"open-data/checkpoints/{new['size']}/consistency?from={old['size']}").json()
    for arguments, said in [
        (("checkpoint", new), f"{new['size']} leaves"),
        (("checkpoint", new["note"]), f"{new['size']} leaves"),
        (("entry", proof), f"resident:{anna.pk}, balance after it 40"),
        (("consistency", old, grown), f"the first {old['size']} of {new['size']} leaves are unchanged"),
    ]:
        code, output = verify(*arguments, key=key, bare=bare)
        assert (code, said in output) == (0, True), output


@pytest.fixture
def proof(anna: User) -> dict[str, Any]:
    for _ in range(4):
        with transaction.atomic():
            give_points(anna, 2)
    seal_and_publish()
    found: dict[str, Any] = client_of(anna).get(f"me/points/entries/{entry_of(anna)}/proof").json()
    return found


def changed(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda proof: proof.update({name: value})


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda proof: proof.update(text=proof["text"].replace('"amount":2', '"amount":9')), 1),
        (lambda proof: proof["side"].update(text=proof["side"]["text"].replace("after\":3", "after\":9")), 1),
        (lambda proof: proof["side"].update(name="debit"), 1),
        (lambda proof: proof.update(salt=proof["side"]["salt"]), 1),
        (lambda proof: proof["path"].reverse(), 1),
        (lambda proof: proof["path"].pop(), 1),
        (lambda proof: proof["path"].append(proof["path"][0]), 1),
        (changed("index", 0), 1),
        (changed("index", -1), 1),
        (changed("size", 1), 1),
        (lambda proof: proof.update(note=proof["note"].replace("\ntime 2026", "\ntime 2025")), 1),
        (changed("note", "nothing"), 2),
        (changed("index", "0"), 2),
        (changed("index", True), 2),
        (changed("path", ["AAAA"]), 2),
        (changed("path", [7]), 2),
        (changed("salt", "%%%"), 2),
        (changed("text", "\ud800"), 2),
        (changed("side", {}), 2),
        (changed("side", None), 2),
        (lambda proof: proof.clear(), 2),
    ],
)  # fmt: skip
def test_a_spoilt_proof_does_not_verify(
    proof: dict[str, Any], key: str, verify: Verifier, spoil: Callable[[dict[str, Any]], None], code: int
) -> None:
    assert verify("entry", proof, key=key)[0] == 0
    spoil(proof)
    found, output = verify("entry", proof, key=key)
    assert found == code, output
    assert "Traceback" not in output
    assert ("DOES NOT VERIFY" in output) == (code == 1)


def test_another_key_does_not_verify(proof: dict[str, Any], key: str, verify: Verifier) -> None:
    from backend.seal import notes

    other = notes.verifier_key("testserver/ledger", notes.public_key(b"x" * 32))
    for bare in (False, True):
        assert verify("checkpoint", proof["note"], key=other, bare=bare)[0] == 1
    assert verify("checkpoint", proof["note"], key=key[:-8] + "AAAAAAA=")[0] == 2
    assert verify("checkpoint", proof["note"], key="nonsense")[0] == 2
    assert verify("checkpoint", "[" * 100_000, key=key)[0] == 2


def test_a_rewritten_journal_does_not_verify_against_the_checkpoint_that_was_kept(
    anna: User, key: str, verify: Verifier
) -> None:
    """Two journals under one key: what the first published is no beginning of the second."""
    seal_and_publish()
    kept = client_of().get("open-data/checkpoints/latest").json()
    with transaction.atomic():
        give_points(anna, 1)
    seal_and_publish(days=1)
    size = client_of().get("open-data/checkpoints/latest").json()["size"]
    grown = client_of().get(f"open-data/checkpoints/{size}/consistency?from={kept['size']}").json()
    assert verify("consistency", kept, grown, key=key)[0] == 0
    grown["path"][0] = grown["path"][-1][::-1].lstrip("=")[:43] + "="
    code, output = verify("consistency", kept, grown, key=key)
    assert (code, "did not grow out of the one you kept" in output) == (1, True)
    code, output = verify("consistency", grown["note"], grown, key=key)
    assert (code, "your checkpoint has" in output) == (2, True)


def test_help_shows_how(verify: Verifier) -> None:
    run = subprocess.run([sys.executable, str(VERIFIER), "--help"], capture_output=True, text=True, check=True)
    assert "exit codes: 0 verified; 1 it does not verify; 2" in run.stdout
    assert subprocess.run([sys.executable, str(VERIFIER)], capture_output=True, check=False).returncode == 2


# -- the verifier's own signatures ------------------------------------------------------------------------------------


def verifier() -> ModuleType:
    spec = spec_from_file_location("verify", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BY_HAND = verifier().signed_by_hand


# RFC 8032, section 7.1: secret, public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_verify_by_hand(public: str, message: str, signature: str) -> None:
    key, text, given_signature = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert BY_HAND(key, text, given_signature)
    assert not BY_HAND(key, text + b"\x00", given_signature)
    beyond = int.from_bytes(given_signature[32:], "little") + verifier().ORDER
    assert not BY_HAND(key, text, given_signature[:32] + beyond.to_bytes(32, "little")), "S must be below the order"


@settings(max_examples=20, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), at=st.integers(0, 511))
def test_by_hand_agrees_with_cryptography(seed: bytes, message: bytes, at: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert BY_HAND(public, message, signature)
    wrong = bytearray(signature)
    wrong[at // 8] ^= 1 << at % 8
    assert not BY_HAND(public, message, bytes(wrong))


@pytest.mark.parametrize("public", [b"", b"x" * 31, b"\xff" * 32, bytes(31) + b"\x80"])
def test_a_key_that_is_no_point_signs_nothing(public: bytes) -> None:
    assert not BY_HAND(public, b"message", b"x" * 64)
    assert not BY_HAND(bytes.fromhex(RFC_8032[0][0]), b"message", b"x" * 63)
