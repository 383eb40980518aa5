"""The first morning of a factor week: its list is frozen, and each body is told what of it is its own."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from requests_desk import factor_weeks, reconciled
from requests_desk.deadlines import in_factor_week
from requests_desk.models import ReconciliationWeek
from requests_desk.notice_table import DESK, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import Period


@transaction.atomic
def begin_week(*, at: datetime, actor: Actor | None = None) -> ReconciliationWeek:
    """Open the factor week, and tell every body that leads something on the frozen list."""
    week = factor_weeks.open_week(at=at, actor=actor)
    name, url = Period.parse(week.period).label, reverse("requests_desk:factor_week", args=[week.period])
    for row in reconciled.by_body(week.lines.all()):
        if row["organization"] is None:
            continue
        late = f"，其中逾期 {row['overdue']} 项" if row["overdue"] else ""
        text = f"{name}要素保障周对账开始：台账已冻结，本单位主办 {row['n']} 项{late}。请核对。"
        key = f"factor-week:{week.pk}:{row['organization']}"
        telling = Telling(subject_key=key, kind=Kind.TASK, text=text, channels=DESK, url=url)
        tell(telling, at=at, bodies=[row["organization"]])
    return week


def begin_by_clock(*, at: datetime) -> bool:
    """Open the week where the calendar asks for it and nobody has; safe to run twice. Say whether it was opened."""
    is_open = ReconciliationWeek.objects.filter(period=factor_weeks.quarter_of(at).key).exists()
    if is_open or not in_factor_week(at, CalendarYear.objects.calendar()):
        return False
    begin_week(at=at)
    return True
