"""What the office decides on paper: who leads and who supports, who sits at a table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from requests_desk.dispatch_directory import Handout, suggest_all
from requests_desk.models import FactorRequest
from requests_desk.waiting import Promise, promise
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
    reason = forms.CharField(label="交办说明", required=False, max_length=300)

    def __init__(
        self,
        data: Any,
        *,
        factor_request: FactorRequest,
        bodies: Bodies,
        preset: Handout | None,
        promise: Promise,
    ) -> None:
        initial = {"is_included": preset is not None}
        if preset:
            initial |= {
                "lead": preset.lead.pk,
                "supports": [s.pk for s in preset.supports],
                "reason": preset.reason,
            }
        super().__init__(data, prefix=f"r{factor_request.pk}", initial=initial)
        self.factor_request, self.bodies, self.preset, self.promise = factor_request, bodies, preset, promise
        kinds = ["institution"] if factor_request.factor.is_finance else ["department", "county_office"]
        self.fields["lead"].choices = [("", "请选择"), *choices_of(bodies, kinds)]
        self.fields["supports"].choices = choices_of(bodies)

    @property
    def chosen_supports(self) -> list[Organization]:
        """The supports that are ticked now, for the closed list's heading."""
        ticked = {str(value) for value in self["supports"].value() or ()}
        return [body for pk, body in self.bodies.items() if str(pk) in ticked]

    def clean(self) -> dict[str, Any]:
        """Ask for a lead only where the request is handed out now; a lead is not its own support."""
        given = super().clean() or {}
        if given.get("is_included") and "lead" in given and given["lead"] is None:
            self.add_error("lead", "请选择主办单位。")
        if given.get("lead") in given.get("supports", ()):
            self.add_error("supports", "主办单位不能同时是协办单位。")
        return given

    def handout(self) -> Handout:
        """Return what was chosen."""
        given = self.cleaned_data
        supports = tuple(self.bodies[pk] for pk in given["supports"])
        return Handout(self.bodies[given["lead"]], supports, given["reason"].strip())


def handout_forms(
    factor_requests: list[FactorRequest], *, at: datetime, data: Any = None
) -> list[HandoutForm]:
    """Return a form per request that waits; a fixed number of queries for any number of them."""
    bodies, calendar = handlers(), CalendarYear.objects.calendar()
    presets = suggest_all(factor_requests, day=local_day(at))
    return [
        HandoutForm(
            data,
            factor_request=factor_request,
            bodies=bodies,
            preset=presets.get(factor_request.pk),
            promise=promise(factor_request.factor, at=at, calendar=calendar),
        )
        for factor_request in factor_requests
    ]
