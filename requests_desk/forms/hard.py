"""What is written down at a joint table."""

from collections.abc import Iterable
from typing import Any

from django import forms

from requests_desk.forms.fields import words
from requests_desk.forms.office import TICKS, choices_of, handlers
from requests_desk.models import FactorRequest
from taian_factors.directory.models import Organization, Project

CHOOSE_AGAIN = {"invalid_choice": "没有这个选项，请重新选择。"}


class ConsultationForm(forms.Form):
    """Call bodies together over requests, or over a key project before any need exists."""

    subject = forms.CharField(
        label="议题",
        max_length=120,
        error_messages={"required": "请写明议题。", "max_length": "议题不能超过 120 个字。"},
    )
    factor_requests = forms.MultipleChoiceField(
        label="会商的需求", required=False, widget=TICKS, error_messages=CHOOSE_AGAIN
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label="重点项目",
        required=False,
        empty_label="不针对项目",
        help_text="没有具体需求时，可以只为重点项目会商。",
        error_messages=CHOOSE_AGAIN,
    )
    meets_at = forms.DateTimeField(
        label="会商时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "不是有效的时间，请按 2023-06-13 14:05 填写。"},
    )
    agenda = words("议程", required=False, limit=2000, rows=4)
    invited = forms.TypedMultipleChoiceField(
        label="参会单位",
        coerce=int,
        widget=TICKS,
        error_messages={"required": "请至少选择一个参会单位。", "invalid_choice": "名单里没有这个单位。"},
    )

    def __init__(self, *args: Any, chosen: Iterable[FactorRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = {r.number: r for r in chosen}
        self.bodies = handlers()
        self.fields["factor_requests"].choices = [(n, f"{n} {r.headline}") for n, r in self.chosen.items()]
        projects = Project.objects.filter(is_key=True, is_active=True).select_related("enterprise")
        self.fields["project"].queryset = projects.order_by("name")
        self.fields["invited"].choices = choices_of(self.bodies)

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what ``call_together`` takes."""
        given = dict(self.cleaned_data)
        given["factor_requests"] = [self.chosen[number] for number in given["factor_requests"]]
        given["invited"] = [self.bodies[pk] for pk in given["invited"]]
        return given


class MinutesForm(forms.Form):
    """The minutes, which conclude every request of the table; a request may get another lead."""

    minutes = words("会商纪要", limit=4000, rows=6)

    def __init__(self, *args: Any, needs: Iterable[FactorRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = handlers()
        for need in needs:
            kinds = ["institution"] if need.factor.is_finance else ["department", "county_office"]
            self.fields[f"lead_{need.pk}"] = forms.TypedChoiceField(
                label=f"{need.number} 的主办单位",
                choices=[("", "不变"), *choices_of(self.bodies, kinds)],
                required=False,
                coerce=int,
                empty_value=None,
                error_messages=CHOOSE_AGAIN,
            )

    @property
    def leads(self) -> dict[int, Organization]:
        """Return the new leads by the id of their request."""
        chosen = {int(n.removeprefix("lead_")): pk for n, pk in self.cleaned_data.items() if n != "minutes"}
        return {need: self.bodies[pk] for need, pk in chosen.items() if pk is not None}
