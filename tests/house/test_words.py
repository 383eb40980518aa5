"""No English on a page: every page that a role can open is read as a person reads it."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.house import world as worlds

pytestmark = pytest.mark.django_db

# Names of formats and products, and words that are the same in Chinese offices.
ALLOWED = {"XLSX", "DOCX", "CSV", "PDF", "JPG", "PNG", "WORD", "EXCEL", "TOTP", "APP", "WGS", "JPEG"}
# Shown to people: text, and these attributes.
SHOWN = {"alt", "aria-label", "placeholder", "title", "data-confirm"}
UNREAD = {"script", "style", "svg", "template"}
# Codes, numbers, addresses and names of accounts carry a digit, a dot, an @ or stand in capitals.
WORD = re.compile(r"(?<![\w.@/-])[A-Za-z]{2,}(?![\w.@/-])")


class Reader(HTMLParser):
    """Collects what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD
        given = dict(attrs)
        shown = [value for name, value in attrs if name in SHOWN and value]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            shown.append(given.get("value") or "")
        self.words += shown

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.words.append(data)


def english(html: str) -> set[str]:
    """Return the words of a page that are English and not allowed."""
    reader = Reader()
    reader.feed(html)
    found = {word for part in reader.words for word in WORD.findall(part)}
    return {word for word in found if word.upper() not in ALLOWED and not (word.isupper() and len(word) <= 3)}


def pages(client: Client, world: worlds.World) -> dict[str, set[str]]:
    """Open every page that has no surprise in its address, and return the English found on each."""
    found = {}
    for address in [*worlds.addresses(), *doors()]:
        answer = client.get(address.filled(world))
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if is_page and answer.status_code not in {302, 405} and (words := english(answer.content.decode())):
            found[address.name] = words
    return found


def doors():
    return [
        address
        for address in worlds.addresses(foreign=True)
        if address.route.startswith("accounts/") and not address.arguments and "^" not in address.route
    ]


@pytest.fixture
def world(at):
    return worlds.build(at=at)


def test_reader_finds_english_in_text_and_in_labels():
    html = "<p>共 3 项 Total</p><input type=submit value=Save><a title='Next page'>下一页</a><script>var no</script>"
    assert english(html) == {"Total", "Save", "Next", "page"}
    assert english("<p>导出 XLSX，B01，FGW，user12，zhangsan@example.gov.cn</p>") == set()


@pytest.mark.parametrize(
    "role", ["office_lead", "department_lead", "bank", "county_office", "chain_team", "enterprise"]
)
def test_no_page_of_a_role_has_english_on_it(world, request, role):
    assert pages(request.getfixturevalue(f"as_{role}"), world) == {}


def test_no_open_page_has_english_on_it(world, client):
    assert pages(client, world) == {}
