"""An answer before it is sent: a template's words put to what was typed, and what its enterprise will read."""

from django.http import QueryDict

from requests_desk.forms.verbs import VerbForm
from requests_desk.models import Assignment, FactorRequest, Reply
from requests_desk.wordings import OUTCOMES, fill, usable
from taian_factors.directory.actors import Actor

_SHOWN = ("text", "plan_on", "plan_owner", "basis", "next_word_on")


def with_template(actor: Actor, factor_request: FactorRequest, typed: QueryDict) -> str:
    """Return the typed words with the chosen template's after them; a template that is none adds nothing."""
    number, words = typed.get("template", ""), typed.get("text", "").strip()
    chosen = usable(actor).filter(pk=int(number) if number.isdecimal() else 0).first()
    added = fill(chosen, factor_request) if chosen else ""
    return "\n".join(filter(None, [words, added]))


def as_read(form: VerbForm, actor: Actor) -> Reply:
    """Return the answer that a valid form would make; it is shown and never stored."""
    given = {name: form.cleaned_data[name] for name in _SHOWN if form.cleaned_data.get(name)}
    outcome = form.cleaned_data.get("outcome") or OUTCOMES[form.verb][0]
    lead = Assignment(organization=actor.organization, part=Assignment.Part.LEAD)
    return Reply(assignment=lead, outcome=outcome, replied_at=form.at, **given)
