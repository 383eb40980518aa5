"""What the office decides on paper: who leads and who supports, who sits at a table."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms

from requests_desk.dispatch_directory import Handout
from requests_desk.dispatching import DEVIATES, deviates
from requests_desk.forms.fields import SeenField
from requests_desk.journal import RefusedError
from requests_desk.meanwhile import newest
from requests_desk.models import FactorRequest, Filing, ListedNeed
from requests_desk.office_lists import proposals
from requests_desk.waiting import WAITING, Promise, presets, promise
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.periods import local_day

Bodies = dict[int, Organization]
TICKS = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
_KINDS = {"department": "部门", "county_office": "县市区推进办", "institution": "金融机构"}


def handlers() -> Bodies:
    """Return the bodies that can hold an assignment, by id, in their order; one query."""
    found = Organization.objects.handlers().active().order_by("position", "pk")
    return {body.pk: body for body in found}


def choices_of(bodies: Bodies, kinds: Iterable[str] = _KINDS) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return bodies as choices grouped by kind; no query, so that a page may hold many such fields."""
    return [
        (_KINDS[kind], [(pk, body.short) for pk, body in bodies.items() if body.kind == kind])
        for kind in kinds
    ]


class HandoutForm(forms.Form):
    """Who leads and who supports one request, preset from the dispatch directory, with the deadlines it gets."""

    is_included = forms.BooleanField(label="本次交办", required=False)
    lead = forms.TypedChoiceField(label="主办单位", required=False, coerce=int, empty_value=None)
    supports = forms.TypedMultipleChoiceField(label="协办单位", required=False, coerce=int, widget=TICKS)
    reason = forms.CharField(
        label="交办说明",
        required=False,
        max_length=300,
        help_text="与分办目录不同时必须写明理由，主办、协办和企业都会看到。",
        error_messages={"max_length": "交办说明不能超过 300 个字。"},
    )

    def __init__(
        self,
        data: Any,
        *,
        factor_request: FactorRequest,
        bodies: Bodies,
        preset: Handout | None,
        promise: Promise,
        listed: ListedNeed | None = None,
    ) -> None:
        initial: dict[str, Any] = {"is_included": preset is not None}
        if preset:
            initial |= {"lead": preset.lead.pk, "supports": [s.pk for s in preset.supports]}
        super().__init__(data, prefix=f"r{factor_request.pk}", initial=initial)
        self.factor_request, self.bodies, self.preset, self.promise = factor_request, bodies, preset, promise
        self.listed = listed
        self.fields["lead"].choices = [("", "请选择"), *choices_of(bodies, factor_request.factor.lead_kinds)]
        self.fields["supports"].choices = choices_of(bodies)

    @property
    def is_waiting(self) -> bool:
        """Still to be handed out; else somebody was quicker, and only what was typed is shown."""
        return self.factor_request.state in WAITING

    @property
    def chosen_lead(self) -> Organization | None:
        """The lead that is chosen now."""
        value = str(self["lead"].value() or "")
        return self.bodies.get(int(value)) if value.isdecimal() else None

    @property
    def chosen_supports(self) -> list[Organization]:
        """The supports that are ticked now, for the closed list's heading."""
        ticked = {str(value) for value in self["supports"].value() or ()}
        return [body for pk, body in self.bodies.items() if str(pk) in ticked]

    def clean(self) -> dict[str, Any]:
        """Ask for a lead only where the request is handed out now, and for a reason where it is not the directory's."""
        given = super().clean() or {}
        if not given.get("is_included"):
            return given
        if "lead" in given and given["lead"] is None:
            self.add_error("lead", "请选择主办单位。")
        if given.get("lead") in given.get("supports", ()):
            self.add_error("supports", "主办单位不能同时是协办单位。")
        if not self.errors and not given["reason"].strip() and deviates(self.handout(), self.preset):
            self.add_error("reason", DEVIATES)
        return given

    def handout(self) -> Handout:
        """Return what was chosen; where it is what was proposed, the proposal's reason holds."""
        given = self.cleaned_data
        supports = tuple(self.bodies[pk] for pk in given["supports"])
        chosen = Handout(self.bodies[given["lead"]], supports, given["reason"].strip())
        is_proposed = self.preset is not None and chosen.names_the_same(self.preset)
        return replace(chosen, reason=chosen.reason or self.preset.reason) if is_proposed else chosen


class DispatchForm(forms.Form):
    """A whole filing: a line for each request that waits, and what the page showed of them."""

    seen = SeenField()

    def __init__(self, data: Any = None, *, filing: Filing, at: datetime) -> None:
        super().__init__(data, initial={"seen": newest(r.pk for r in filing.waiting)})
        self.filing, self.news = filing, []
        bodies, calendar = handlers(), CalendarYear.objects.calendar()
        shown = [*filing.waiting, *self._gone()]
        listed = proposals(shown)
        suggested = presets(shown, listed, day=local_day(at))
        self.lines = [
            HandoutForm(
                data,
                factor_request=factor_request,
                bodies=bodies,
                preset=suggested.get(factor_request.pk),
                listed=listed.get(factor_request.pk),
                promise=promise(factor_request.factor, at=at, calendar=calendar),
            )
            for factor_request in shown
        ]

    def _gone(self) -> list[FactorRequest]:
        """The requests that the page showed and that wait no more: what was typed for them is given back."""
        if not self.is_bound:
            return []
        waiting = {r.pk for r in self.filing.waiting}
        shown = set(self.fields["seen"].to_python(self.data.get("seen"))) - waiting
        return list(self.filing.factor_requests.filter(pk__in=shown).with_parts().order_by("pk"))

    def clean(self) -> dict[str, Any]:
        """All lines must be right, and one of them must be handed out."""
        given = super().clean() or {}
        are_right = [line.is_valid() for line in self.lines]
        if all(are_right) and self.lines and not self.handouts:
            self.add_error(None, "请至少勾选一项本次交办的需求。")
        return given

    def is_valid(self) -> bool:
        """With its lines."""
        return super().is_valid() and all(line.is_valid() for line in self.lines)

    @property
    def handouts(self) -> dict[int, Handout]:
        """Who gets what, by the request's id."""
        included = [line for line in self.lines if line.is_valid() and line.cleaned_data["is_included"]]
        return {line.factor_request.pk: line.handout() for line in included}

    def refuse(self, error: RefusedError) -> None:
        """Come back with a refusal; after a change by others, as a form that has seen it."""
        self.add_error(None, str(error))
        self.news = getattr(error, "news", [])
        if self.news:
            self.data = self.data.copy()
            self.data["seen"] = self.fields["seen"].prepare_value(newest(r.pk for r in self.filing.waiting))
