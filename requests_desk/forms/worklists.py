"""The filters of worklists and watch lists, kept in the address; and the choice of a bulk move."""

from typing import Any

from django import forms

from requests_desk.bulk import BulkMove
from requests_desk.forms.ledger import LIGHTS
from requests_desk.models import Assignment
from requests_desk.workflow import RUNNING, State, label_of
from requests_desk.worklists import MOVES
from taian_factors.directory.models import Factor

SELECT = forms.Select(attrs={"class": "form-select"})


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "全部"), *choices], required=False, widget=SELECT)


def _factor() -> forms.ModelChoiceField:
    factors = Factor.objects.filter(is_active=True).order_by("position")
    return forms.ModelChoiceField(factors, label="要素", required=False, empty_label="全部", widget=SELECT)


class Filters(forms.Form):
    """The ground: what is not known is not filtered, and nothing typed into an address breaks a page."""

    def chosen(self) -> dict[str, Any]:
        """Return the filters that are set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WorklistFilters(Filters):
    """Narrow a worklist by what is next, light, part, state and factor."""

    move = _choice("要办", [(verb, label_of(verb)) for verb in MOVES])
    light = _choice("期限", LIGHTS)
    part = _choice("角色", list(Assignment.Part.choices))
    state = _choice("状态", [(s.value, s.label) for s in State if s in RUNNING])
    factor = _factor()


class WatchFilters(Filters):
    """Narrow a watch list by light, factor and escalation."""

    light = _choice("期限", LIGHTS)
    factor = _factor()
    escalated = forms.BooleanField(
        label="只看提级督办",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class BulkForm(forms.Form):
    """Which move for the rows that are ticked."""

    move = forms.ChoiceField(
        label="办理",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择要作的办理。", "invalid_choice": "请重新选择要作的办理。"},
    )

    def __init__(self, *args: Any, moves: dict[str, BulkMove], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moves = moves
        self.fields["move"].choices = [(move.name, move.label) for move in moves.values()]

    @property
    def chosen(self) -> BulkMove | None:
        """The move, if one was chosen."""
        return self.moves[self.cleaned_data["move"]] if self.is_valid() else None
