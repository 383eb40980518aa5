"""A joint table is told of once to each body at it, whatever needs it is about, and also when it is about none."""

from datetime import datetime

from django.urls import reverse

from requests_desk.audiences import working_in
from requests_desk.models import JointConsultation
from requests_desk.notice_table import TABLE_NOTICES, To
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import SHANGHAI, local_day


def tell_of_table(step: str, table: JointConsultation, *, actor: Actor, at: datetime) -> None:
    """Tell everybody whom a step of a table concerns, but for who did it."""
    invited = list(table.invited.all())
    words = _words(table, invited, actor)
    bodies = {
        To.INVITED: [body for body in invited if body != actor.organization],
        To.OFFICE: Organization.objects.filter(kind=Organization.Kind.OFFICE),
    }
    for notice in (notice for notice in TABLE_NOTICES if notice.verb == step):
        telling = Telling(
            subject_key=f"consultation:{table.pk}:{step}",
            kind=notice.kind,
            text=notice.text.format_map(words),
            channels=notice.channels,
            timing=notice.timing,
            url=reverse("requests_desk:consultation", args=[table.pk]),
        )
        users = working_in(bodies[notice.to], day=local_day(at)) - {actor.user and actor.user.pk}
        tell(telling, users=users, at=at)


def _words(table: JointConsultation, invited: list[Organization], actor: Actor) -> dict[str, str]:
    place, about = table.ticket, f"“{table.subject}”"
    meets = table.meets_at and f"{table.meets_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return {
        "who": actor.organization.short,
        "place": f"会商桌 {place.stall.code}" if place else "",
        "about": f"{place.visit.enterprise.short}{about}" if place else about,
        "when": f"时间 {meets}" if meets else "时间另行通知",
        "bodies": "、".join(body.short for body in invited if body != actor.organization),
        "reason": table.decline_reason.rstrip("。"),
    }
