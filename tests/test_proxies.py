"""Whose address a request has: that of the connection, unless a trusted proxy heard another."""

import pytest

from taian_factors.proxies import believed

PROXY, CLIENT, LIE = "10.0.0.1", "203.0.113.9", "198.51.100.1"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, PROXY),
        (LIE, 0, PROXY),
        (CLIENT, 1, CLIENT),
        (f"{LIE}, {CLIENT}", 1, CLIENT),
        (f"{LIE}, {CLIENT}, 10.0.0.2", 2, CLIENT),
        (CLIENT, 2, PROXY),
        ("", 1, PROXY),
        ("no address", 1, PROXY),
        ("2001:db8::7", 1, "2001:db8::7"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(forwarded, proxies, address):
    assert believed(PROXY, forwarded, proxies=proxies) == address
