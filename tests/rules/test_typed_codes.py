"""Codes that people type: every single slip of the finger, and every swap, is noticed."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tokens import rules
from backend.tokens.errors import CodeMistyped

CODES = st.text(rules.ALPHABET, min_size=rules.CHARS - 1, max_size=rules.CHARS - 1).map(rules.with_check)


def test_the_alphabet_has_no_look_alikes_and_a_prime_size():
    assert len(set(rules.ALPHABET)) == len(rules.ALPHABET) == 23
    assert not set("0OQ1IL2Z5S8BUV") & set(rules.ALPHABET) - {"5"}


@given(CODES)
def test_a_code_is_read_in_any_spelling(code):
    for spelling in (code, code.lower(), rules.grouped(code), f" {rules.grouped(code).lower()} "):
        assert rules.is_typed(spelling)
        assert rules.normal_typed(spelling) == code


@given(CODES)
def test_every_single_wrong_character_is_noticed(code):
    for place in range(rules.CHARS):
        for other in set(rules.ALPHABET) - {code[place]}:
            with pytest.raises(CodeMistyped):
                rules.normal_typed(code[:place] + other + code[place + 1 :])


@given(CODES)
def test_every_swap_is_noticed_and_not_of_neighbours_only(code):
    for one, other in combinations(range(rules.CHARS), 2):
        if code[one] != code[other]:
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            with pytest.raises(CodeMistyped):
                rules.normal_typed("".join(swapped))


@pytest.mark.parametrize("text", ["", "34567", "3456790AC", "ＡＡＡＡＡＡＡＡ", "A" * 10, "AAA AAA A\u0131A"])
def test_what_is_no_code_at_all(text):
    with pytest.raises(CodeMistyped):
        rules.normal_typed(text)
