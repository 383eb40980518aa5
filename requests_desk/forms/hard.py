"""What is written down at a joint table."""

from collections.abc import Iterable
from typing import Any

from django import forms

from requests_desk.forms.fields import a_day, words
from requests_desk.forms.office import TICKS, choices_of, handlers
from requests_desk.minuting import Decision
from requests_desk.models import FactorRequest, JointConsultation
from taian_factors.directory.models import Factor, Project

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
        self.fields["project"].label_from_instance = lambda each: f"{each.name}（{each.enterprise.short}）"
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


class DeclineForm(forms.Form):
    """Why a table that a stall asked for is not confirmed."""

    reason = words("不予会商的理由", limit=200, rows=2)


class MinutesForm(forms.Form):
    """What was said at a joint table; with it every request of the table goes back to work."""

    minutes = words("会商纪要", limit=4000, rows=6)


class DecisionForm(forms.Form):
    """One line of who does what by when. A line in which nothing is chosen is no decision."""

    about = forms.ChoiceField(label="事项", error_messages={"required": "请选择事项。", **CHOOSE_AGAIN})
    body = forms.TypedChoiceField(
        label="单位", coerce=int, error_messages={"required": "请选择单位。", **CHOOSE_AGAIN}
    )
    is_lead = forms.TypedChoiceField(
        label="角色",
        choices=[("1", "主办"), ("0", "协办")],
        coerce=lambda value: value == "1",
        error_messages=CHOOSE_AGAIN,
    )
    task = forms.CharField(
        label="任务",
        max_length=200,
        error_messages={"required": "请写明任务。", "max_length": "任务不能超过 200 个字。"},
    )
    due_on = a_day("完成日期")

    def __init__(self, *args: Any, about: list[Any], bodies: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", "请选择"), *about]
        self.fields["body"].choices = [("", "请选择"), *bodies]

    def has_changed(self) -> bool:
        """The role is always chosen, so it alone says nothing."""
        return bool(set(self.changed_data) - {"is_lead"})


class BaseDecisions(forms.BaseFormSet):
    """The decisions of a table: about the needs that were consulted, or of a factor of which a need is born."""

    def __init__(
        self, *args: Any, table: JointConsultation, needs: Iterable[FactorRequest], **kwargs: Any
    ) -> None:
        self.needs = {f"need-{need.pk}": need for need in needs}
        self.factors = {}
        if table.project_id is not None:
            active = Factor.objects.filter(is_active=True).order_by("position")
            self.factors = {f"factor-{factor.pk}": factor for factor in active}
        self.bodies = handlers()
        about = [(key, f"{need.number} {need.headline}") for key, need in self.needs.items()]
        born = [(key, factor.name) for key, factor in self.factors.items()]
        shared = {
            "about": [*about, *([("新的需求", born)] if born else [])],
            "bodies": choices_of(self.bodies),
        }
        super().__init__(*args, prefix="decision", form_kwargs=shared, **kwargs)

    @property
    def decisions(self) -> list[Decision]:
        """Return what ``minute`` takes, line by line."""
        about = {**self.needs, **self.factors}
        return [
            Decision(
                about[line["about"]], self.bodies[line["body"]], line["is_lead"], line["task"], line["due_on"]
            )
            for line in self.cleaned_data
            if line
        ]


Decisions = forms.formset_factory(DecisionForm, formset=BaseDecisions, extra=3, max_num=30, absolute_max=30)
