"""The words that a notice may use of an event; the table puts them into its sentences."""

from datetime import datetime
from typing import Any

from requests_desk.models import Assignment, RequestEvent
from taian_factors.lib.periods import SHANGHAI

QUOTED = 120  # characters of somebody's words that a notice quotes


def lead_of(event: RequestEvent) -> Assignment | None:
    """Return the lead that an event is about: its own, else the running one."""
    if event.assignment is not None and event.assignment.is_lead:
        return event.assignment
    return event.factor_request.running_lead


def words(event: RequestEvent) -> dict[str, str]:
    """Return the words that a text may use. Deadlines are those of the assignment that the event is about."""
    factor_request, lead = event.factor_request, lead_of(event)
    about, enterprise = event.assignment or lead, factor_request.enterprise.short
    text = event.text.strip().rstrip("。")
    return {
        "it": f"“{factor_request.headline}”",
        "need": f"{enterprise}“{factor_request.headline}”（{factor_request.factor.name}）",
        "factor": factor_request.factor.name,
        "enterprise": enterprise,
        "who": event.organization.short,
        "lead": lead.organization.short if lead else "主办单位",
        "text": text if len(text) <= QUOTED else f"{text[:QUOTED]}……",
        "answer": factor_request.get_answer_display() or "已解决",
        "verdict": _verdict(event.detail),
        "accept_due": _by(factor_request.accept_due_at),
        "confirm_due": _by(factor_request.confirm_due_at),
        "until": _by(factor_request.completion_asked_until),
        "reply_due": _by(about and about.reply_due_at),
        "complete_due": _by(about and about.complete_due_at),
    }


def _verdict(detail: dict[str, Any]) -> str:
    if "is_passed" in detail:
        return "通过" if detail["is_passed"] else "不通过，请继续实施"
    is_granted = detail.get("is_approved", detail.get("is_upheld"))
    return "同意" if is_granted else "不同意"


def _by(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 前" if at else "恢复计时后"
