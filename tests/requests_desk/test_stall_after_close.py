"""The stall desk after the close of day: who is serving ends it; nobody is called any more."""

from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs
from tests.requests_desk.counters import counter_at


def test_who_is_serving_when_the_day_is_closed_ends_it(db, sign_in):
    counter = counter_at(fairs.fair(local_day(now())), sign_in)
    ticket = counter.serving()
    fairs.arrivals.close_day(fair=counter.stall.fair, at=now(), actor=fairs.reception())
    assert f'data-held="{ticket.pk}-serving"' in counter.page()
    assert counter.file(ticket).status_code == 302
    assert counter.press("transfer", ticket=ticket.pk, to_stall=counter.stall.pk).status_code == 409
    assert counter.press("finish", ticket=ticket.pk).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == ("served", "handled")
    assert "data-held" not in counter.page()
    assert counter.press("call").status_code == 403


def test_a_click_whose_answer_was_lost_is_answered_after_the_close(db, sign_in):
    counter = counter_at(fairs.fair(local_day(now())), sign_in)
    ticket = counter.serving()
    assert counter.press("consult", "lost", ticket=ticket.pk).status_code == 302
    fairs.arrivals.close_day(fair=counter.stall.fair, at=now(), actor=fairs.reception())
    assert counter.press("consult", "lost", ticket=ticket.pk).status_code == 302
    assert counter.press("finish", "other", ticket=ticket.pk).status_code == 403
    other = counter_at(fairs.fair(local_day(now())), sign_in)
    assert other.press("consult", "lost", ticket=ticket.pk).status_code == 409
    assert ticket.events.filter(verb="finish").count() == 1
