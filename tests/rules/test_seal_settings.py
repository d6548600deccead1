"""SEAL_KEY and SEAL_SIGNING_KEY: derived where they are not set, loud where they are wrong."""

from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.config import env

SECRET = "a secret of the service"


def text(raw: bytes) -> str:
    return b64encode(raw).decode()


def test_the_defaults_come_from_the_secret_each_for_its_own_purpose() -> None:
    salts, signing = env._seal_key("", SECRET), env._seal_signing_key("", SECRET)
    assert (len(salts), [len(seed) for seed in signing]) == (32, [32])
    assert salts != signing[0]
    assert env._seal_key("", SECRET) == salts
    assert env._seal_key("", "another") != salts


def test_given_keys_are_taken_as_they_are() -> None:
    assert env._seal_key(text(b"k" * 40), SECRET) == b"k" * 40
    assert env._seal_signing_key(f"{text(b'n' * 32)}, {text(b'o' * 32)}", SECRET) == [b"n" * 32, b"o" * 32]


@pytest.mark.parametrize("wrong", ["short", text(b"k" * 31), "%" * 44, "密钥"])
def test_a_wrong_seal_key_stops_the_process_with_its_name(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SEAL_KEY"):
        env._seal_key(wrong, SECRET)


@pytest.mark.parametrize(
    "wrong", ["short", text(b"n" * 31), text(b"n" * 33), f"{text(b'n' * 32)},", f",{text(b'n' * 32)}", "密钥"]
)
def test_a_wrong_signing_key_stops_the_process_with_its_name(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SEAL_SIGNING_KEY"):
        env._seal_signing_key(wrong, SECRET)
