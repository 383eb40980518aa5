"""The log names no way into an open page."""

from taian_factors.logs import mask_tokens


def test_the_token_of_an_open_page_is_not_written():
    event = {
        "request": "POST /desk/review/abcDEF_123-456789/",
        "event": "Not Found: /fairs/t/abcdefghijklmnop/take/",
        "n": 1,
    }
    assert mask_tokens(None, "", event) == {
        "request": "POST /desk/review/***/",
        "event": "Not Found: /fairs/t/***/take/",
        "n": 1,
    }


def test_other_addresses_are_written_as_they_are():
    event = {"request": "GET /desk/requests/20230613-000001-1/"}
    assert mask_tokens(None, "", dict(event)) == event
