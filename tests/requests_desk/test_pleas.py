"""An objection or a request to reopen waits for the office until it is answered, and holds a write-off up meanwhile."""

from datetime import datetime, timedelta

import pytest

from requests_desk import notices, records, transitions, waiting
from requests_desk.journal import RefusedError
from requests_desk.models import Delivery
from requests_desk.pleas import has_plea, waiting_pleas
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import actor
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office
from tests.requests_desk.test_verbs_act import recent

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=4)
WEEK = datetime(2023, 7, 4, 10, tzinfo=SHANGHAI)


def test_an_objection_waits_until_the_office_upholds_its_word_and_the_enterprise_hears_why():
    made = factories.contested()
    filer = actor(made.enterprise)
    assert [plea.factor_request for plea in waiting_pleas(office())] == [made]
    records.uphold(made, reason="目录明确列为限制类", actor=office(), at=LATER)
    assert not has_plea(made)
    assert not waiting_pleas(office()).exists()
    notices.announce(at=LATER)
    told = Delivery.objects.filter(user=filer.user, channel="portal").order_by("pk").last()
    assert told.text.endswith("经复核，维持原决定：目录明确列为限制类")
    with pytest.raises(RefusedError, match="没有等待答复"):
        records.uphold(made, reason="再说一次", actor=office(), at=LATER)


def test_what_is_reopened_is_answered():
    made = factories.contested()
    transitions.reopen(made, reason="认定有误", actor=office(), at=LATER)
    assert not has_plea(made)


def test_a_refused_filing_that_is_taken_up_again_is_answered():
    made = factories.refused()
    records.ask_reopening(made, text="确属本市事项", actor=acting(made.enterprise), at=LATER)
    assert has_plea(made)
    transitions.reconsider(made, reason="判断有误", actor=office(), at=LATER)
    assert not has_plea(made)


def test_nothing_is_written_off_over_an_open_objection():
    made = factories.contested()
    with pytest.raises(RefusedError, match="异议还没有答复"):
        transitions.write_off(made, actor=office(), at=WEEK)
    records.uphold(made, reason="依据充分", actor=office(), at=WEEK)
    transitions.write_off(made, actor=office(), at=WEEK)
    assert made.state == "written_off"


def test_the_office_finds_it_among_what_waits_for_its_word(sign_in):
    made = factories.contested(at=recent(factories.contested))
    page = sign_in(actor("GTB")).get("/desk/decisions/").content.decode()
    assert f"/desk/requests/{made.number}/?do=uphold#verb-uphold" in page
    assert "不属于限制类" in page
    mine = sign_in(actor(made.enterprise)).get(f"/desk/requests/{made.number}/").content.decode()
    assert "企业已提出异议，等市工业推进办答复" in mine
    assert 'id="verb-uphold"' not in mine


def test_it_is_counted_beside_the_inbox_and_stands_among_what_the_office_does_today(sign_in):
    made = factories.contested(at=recent(factories.contested))
    assert waiting.count(most=100) == 1
    page = sign_in(actor("GTB")).get("/").content.decode()
    assert f"/desk/requests/{made.number}/?do=uphold#verb-uphold" in page
    assert "待答复提出异议" in page
    records.uphold(made, reason="目录明确列为限制类", actor=office(), at=now())
    assert waiting.count(most=100) == 0
