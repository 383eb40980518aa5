"""What a desk without a line sends when it has one again, and how it settles what does not fit."""

import json
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from fairs.claims import Step
from fairs.models import Desk, DeskClaim, Ticket
from taian_factors.directory.actors import Actor

MOST = 300  # steps in one go: a day of one desk without a line


class UnreadableError(Exception):
    """What was sent is not what the desk's script sends."""


class StepForm(forms.Form):
    """One step. Desk and ticket are of the actor's own body."""

    key = forms.CharField(max_length=64)
    verb = forms.ChoiceField(choices=DeskClaim.Verb.choices)
    desk = forms.ModelChoiceField(Desk.objects.none())
    ticket = forms.ModelChoiceField(Ticket.objects.none())
    local_at = forms.CharField(max_length=40)
    typed = forms.JSONField(required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        given = data if isinstance(data, dict) else {}
        super().__init__({**given, "typed": json.dumps(given.get("typed") or {})})
        own = actor.organization
        self.fields["desk"].queryset = Desk.objects.filter(stall__organization=own).select_related("stall")
        tickets = Ticket.objects.filter(stall__organization=own).select_related(
            "visit", "stall", "desk__stall"
        )
        self.fields["ticket"].queryset = tickets

    def clean_local_at(self) -> datetime:
        """A moment with its zone."""
        return a_moment(self.cleaned_data["local_at"])

    def clean_typed(self) -> dict[str, str]:
        """Words by the names of fields."""
        typed = self.cleaned_data["typed"] or {}
        if not isinstance(typed, dict):
            raise forms.ValidationError("填写内容无法识别。")
        return {str(name): str(value) for name, value in typed.items()}


def a_moment(text: Any) -> datetime:
    """Read a moment with its zone."""
    try:
        moment = parse_datetime(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise forms.ValidationError("时间无法识别。")
    return moment


def steps_in(body: bytes, *, actor: Actor, at: datetime) -> tuple[list[Step], list[str]]:
    """Read what was sent: the steps, and the keys of those that are of no desk or ticket of this body.

    The desk says what its clock shows now; by as much as that is wrong, its times are set right.

    Raises:
        UnreadableError: no such thing.
    """
    try:
        sent = json.loads(body)
        claims, skew = sent["claims"], at - a_moment(sent["now"])
    except (ValueError, KeyError, TypeError, forms.ValidationError) as error:
        raise UnreadableError from error
    if not isinstance(claims, list) or len(claims) > MOST:
        raise UnreadableError
    read = [StepForm(claim, actor=actor) for claim in claims]
    steps = [_step(form.cleaned_data, skew) for form in read if form.is_valid()]
    return steps, [str(form.data.get("key", "")) for form in read if not form.is_valid()]


def _step(given: dict[str, Any], skew: timedelta) -> Step:
    names = ("key", "verb", "desk", "ticket", "typed")
    try:
        local_at = given["local_at"] + skew
    except OverflowError:
        local_at = given["local_at"]
    return Step(local_at=local_at, **{name: given[name] for name in names})


def as_sent(claim: DeskClaim) -> QueryDict:
    """Return what a claim holds as the desk's form would have sent it."""
    sent = QueryDict(mutable=True)
    sent.update({**claim.typed, "key": claim.key, "ticket": str(claim.ticket_id)})
    return sent


class SettleForm(forms.Form):
    """What becomes of a conflict."""

    desk = forms.ModelChoiceField(Desk.objects.none())
    ticket = forms.ModelChoiceField(Ticket.objects.none())
    resolution = forms.ChoiceField(
        choices=DeskClaim.Resolution.choices, error_messages={"required": "请选择怎样核定。"}
    )
    note = forms.CharField(
        required=False, max_length=100, error_messages={"max_length": "说明不能超过 100 个字。"}
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = actor.organization
        self.fields["desk"].queryset = Desk.objects.filter(stall__organization=own).select_related("stall")
        tickets = Ticket.objects.filter(stall__organization=own).select_related(
            "visit", "stall", "desk__stall"
        )
        self.fields["ticket"].queryset = tickets
