"""The check character of the unified social credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.merchants.errors import UsccInvalid
from backend.merchants.rules import normal_uscc

VALID = ["91350100M000100Y43", "91110000600037341L", "91440300708461136T"]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", VALID)
def test_published_codes_pass(code):
    assert normal_uscc(code) == code


@pytest.mark.parametrize("typed", [" 91350100 M000100Y43 ", "91350100m000100y43", "９１３５０１００M000100Y43"])
def test_what_a_person_types_is_made_normal(typed):
    assert normal_uscc(typed) == VALID[0]


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y4Z",
        "91350100M000100Y4",
        "91350100M000100Y430",
        "91350100I000100Y43",
        "",
        "１" * 19,
        "九" * 18,
        "\x0091350100M000100Y4",
    ],
)
def test_what_is_no_code_is_refused(code):
    with pytest.raises(UsccInvalid):
        normal_uscc(code)


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code, place, other):
    changed = code[:place] + other + code[place + 1 :]
    if changed == code:
        assert normal_uscc(changed) == code
    else:
        with pytest.raises(UsccInvalid):
            normal_uscc(changed)


@given(st.sampled_from(VALID), st.integers(0, 16))
def test_two_neighbours_swapped_are_always_found(code, place):
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if changed == code:
        assert normal_uscc(changed) == code
    else:
        with pytest.raises(UsccInvalid):
            normal_uscc(changed)
