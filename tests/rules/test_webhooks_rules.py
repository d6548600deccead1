"""Which addresses are taken, and where a name may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.webhooks import rules
from backend.webhooks.errors import WebhookUrlRefused

PUBLIC = ["https://partner.example.cn", "https://partner.example.cn:8443/hooks?a=1", "https://8.8.8.8/x"]
REFUSED = [
    "", "partner.example.cn", "ftp://partner.example.cn", "http://partner.example.cn", "https://", "https:///x",
    "https://user:secret@partner.example.cn", "https://partner.example.cn@127.0.0.1", "https://partner.example.cn/#x",
    "https://partner.example.cn:0/", "https://partner.example.cn:99999/", "https://partner.example.cn/a b",
    "https://partner.example.cn/\r\nx: y", "https://[::1/", "https://localhost/", "https://127.0.0.1/",
    "https://10.1.2.3/", "https://169.254.169.254/latest", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1]/", "https://合作.example/", "https://partner.example.cn/" + "x" * 500,
]  # fmt: skip
PRIVATE_ADDRESSES = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
    "2002:c0a8:101::1",
]  # fmt: skip


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_address_is_taken(url: str) -> None:
    rules.require_url(url, allow_private=False)


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_none_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlRefused):
        rules.require_url(url, allow_private=False)


def test_loopback_is_taken_only_where_the_setting_says_so() -> None:
    rules.require_url("http://127.0.0.1:9000/", allow_private=True)


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_no_name_may_lead_inside(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "64:ff9b::808:808"])
def test_a_name_may_lead_to_the_open_internet(address: str) -> None:
    assert rules.is_public(address)


@given(st.text(max_size=60))
def test_no_text_breaks_the_judge(text: str) -> None:
    try:
        rules.require_url(text, allow_private=False)
    except WebhookUrlRefused:
        return
    assert text.startswith("https://")
