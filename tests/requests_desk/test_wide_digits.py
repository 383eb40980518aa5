"""Numbers as an input method writes them, wide and with blanks, are understood wherever one is asked for."""

import pytest
from django.test import Client

from fairs.forms.arrival import ContactForm
from requests_desk.forms.enterprise import VerifyContactForm
from requests_desk.forms.filing import PersonForm
from requests_desk.intake import Contact
from taian_factors.directory.actors import Actor
from taian_factors.directory.forms import ReachForm
from tests.requests_desk import factories

WIDE = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789-"}


def wide(text: str) -> str:
    """Write a number as a Chinese input method does."""
    return text.translate(WIDE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (wide("13800001234"), "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("13" + wide("800001234"), "13800001234"),
        (wide("0538-6991234"), "0538-6991234"),
    ],
)
def test_a_telephone_is_kept_as_it_can_be_called(typed: str, meant: str):
    person = PersonForm({"contact_name": "王工", "contact_phone": typed})
    assert person.is_valid()
    assert person.cleaned_data["contact_phone"] == meant
    field = ContactForm.base_fields["contact_phone"]
    assert field.clean(typed) == meant
    assert ReachForm.base_fields["phone"].clean(typed) == meant


@pytest.mark.django_db
def test_progress_is_found_by_wide_digits(client: Client, enterprise: Actor):
    contact = Contact("王工", "13800001234")
    filing = factories.filing("TD", enterprise=enterprise.organization, contact=contact)
    asked = {"number": wide(filing.number), "digits": wide("1234")}
    page = client.post("/desk/track/", asked)
    assert "没有查到" not in page.content.decode()
    assert filing.number in page.content.decode()


def test_a_code_is_read_from_wide_digits():
    form = VerifyContactForm({"number": " 20230613-000123 ", "code": wide("012 345")})
    assert form.is_valid()
    assert form.cleaned_data == {"number": "20230613-000123", "code": "012345"}
