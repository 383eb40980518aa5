"""对账销号 from the ledger: a matter is written off in a factor week, and signed in the week's frozen list."""

from datetime import datetime

from django.db import transaction

from requests_desk.factor_weeks import sign_written_off
from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.transitions import write_off
from taian_factors.directory.actors import Actor


@transaction.atomic
def write_off_and_sign(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> RequestEvent:
    """销号 a matter and sign its line, where a week is open."""
    event = write_off(factor_request, text="对账销号", actor=actor, at=at)
    sign_written_off([factor_request], actor=actor, at=at)
    return event
