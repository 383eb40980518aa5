"""The log names no way into an open page, and nobody's phone."""

from taian_factors.logs import mask_secrets


def test_neither_the_token_of_an_open_page_nor_a_phone_is_written():
    event = {
        "request": "POST /desk/review/abcDEF_123-456789/",
        "event": "Not Found: /fairs/t/abcdefghijklmnop/take/",
        "words": "短信发至 13800005678",
        "n": 1,
    }
    assert mask_secrets(None, "", event) == {
        "request": "POST /desk/review/***/",
        "event": "Not Found: /fairs/t/***/take/",
        "words": "短信发至 138****5678",
        "n": 1,
    }


def test_other_addresses_are_written_as_they_are():
    event = {"request": "GET /desk/requests/20230613-000001-1/"}
    assert mask_secrets(None, "", dict(event)) == event
