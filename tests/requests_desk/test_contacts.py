"""A contact that staff typed is verified by its owner alone, with the code that was sent."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests_desk import contacts, notices, transitions
from requests_desk.audiences import has_verified_contact
from requests_desk.intake import Contact, Need, file
from requests_desk.journal import RefusedError
from requests_desk.models import ContactCode, Delivery, Filing
from taian_factors.directory.models import Factor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories
from tests.requests_desk.factories import office

pytestmark = pytest.mark.django_db
PHONE = "13805380001"
PAGE = reverse("requests_desk:verify_contact")


@pytest.fixture
def typed_by_staff(settings):
    """A filing of a minute ago, typed by the office for an enterprise, and asked."""
    settings.NOTICE_GATEWAYS = {**settings.NOTICE_GATEWAYS, "sms": "console:"}
    need = Need(Factor.objects.get(code="TD"), "用地指标")
    filing = file(
        enterprise=directory.enterprise(),
        needs=[need],
        contact=Contact("王经理", PHONE),
        actor=office(),
        at=now() - timedelta(minutes=1),
    )
    contacts.ask_contacts(at=now())
    return filing


def code_of(filing: Filing) -> str:
    return ContactCode.objects.get(filing=filing).code


def test_the_owner_is_asked_once_and_only_when_somebody_else_typed(typed_by_staff):
    own = factories.filed(at=now())
    assert contacts.ask_contacts(at=now()) == 0
    assert not ContactCode.objects.filter(filing=own.filing).exists()
    told = Delivery.objects.get(subject_key__startswith="contact:")
    assert (told.channel, told.address) == ("sms", PHONE)
    assert code_of(typed_by_staff) in told.text
    assert code_of(typed_by_staff) not in told.shown


def test_the_code_verifies_and_is_written_down(client, typed_by_staff):
    given = {"number": typed_by_staff.number, "code": code_of(typed_by_staff)}
    assert "已核实" in client.post(PAGE, given).content.decode()
    assert has_verified_contact(Filing.objects.get(pk=typed_by_staff.pk))
    assert typed_by_staff.factor_requests.get().events.filter(verb="verify_contact").exists()
    assert client.post(PAGE, given).status_code == 422


def test_wrong_codes_are_counted_and_end_the_code(client, typed_by_staff):
    right = code_of(typed_by_staff)
    wrong = {"number": typed_by_staff.number, "code": f"{(int(right) + 1) % 10**6:06d}"}
    for _ in range(contacts.TRIES):
        assert "验证码不对" in client.post(PAGE, wrong).content.decode()
    assert "已作废" in client.post(PAGE, {**wrong, "code": right}).content.decode()
    assert not has_verified_contact(Filing.objects.get(pk=typed_by_staff.pk))


def test_staff_cannot_enter_it_for_anybody(as_office_clerk, as_department_clerk, typed_by_staff):
    given = {"number": typed_by_staff.number, "code": code_of(typed_by_staff)}
    assert as_office_clerk.post(PAGE, given).status_code == 403
    assert as_department_clerk.get(PAGE).status_code == 403


def test_an_old_code_has_run_out(typed_by_staff):
    late = now() + contacts.VALID_FOR + timedelta(minutes=1)
    with pytest.raises(RefusedError, match="过期"):
        contacts.verify_contact(typed_by_staff, code=code_of(typed_by_staff), at=late)


@pytest.mark.parametrize("is_verified", [True, False])
def test_the_link_to_a_review_goes_to_a_verified_contact_only(typed_by_staff, is_verified):
    if is_verified:
        contacts.verify_contact(typed_by_staff, code=code_of(typed_by_staff), at=now())
    made, lead = typed_by_staff.factor_requests.get(), directory.body("ZGJ")
    transitions.accept(made, actor=office(), at=now())
    transitions.assign(made, lead=lead, actor=office(), at=now())
    transitions.complete(made, text="已落实", actor=factories.acting("ZGJ"), at=now())
    notices.announce(at=now())
    sent = Delivery.objects.get(address=PHONE, event__verb="complete")
    assert ("/review/" in sent.url) is is_verified
