"""What planning, moving, recording and cancelling a front-line visit ask for; and the filters of the register."""

from typing import Any

from django import forms

from requests_desk.forms.fields import a_day, words
from requests_desk.forms.office import TICKS
from requests_desk.front_line_register import Wanted
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Chain, Division, Organization, Project

CHOOSE_AGAIN = {"invalid_choice": "没有这个选项，请重新选择。"}
_KINDS = {
    "office": "市工业推进办",
    "department": "部门",
    "county_office": "县市区推进办",
    "chain_team": "产业链专班",
    "institution": "金融机构",
}


def _line(label: str, *, limit: int = 200, **more: Any) -> forms.CharField:
    messages = {"required": f"请填写{label}。", "max_length": f"{label}不能超过 {limit} 个字。"}
    return forms.CharField(label=label, max_length=limit, error_messages=messages, **more)


class PlanForm(forms.Form):
    """When, about what, with whom. Only the office's leads are asked why they go beyond the cap."""

    planned_on = a_day("计划日期")
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label="项目",
        required=False,
        empty_label="不针对具体项目",
        error_messages=CHOOSE_AGAIN,
    )
    purpose = _line("走访事项", help_text="去了解或解决什么，例如“技改项目用地和用电”。")
    team = forms.TypedMultipleChoiceField(
        label="同行单位", required=False, coerce=int, widget=TICKS, error_messages=CHOOSE_AGAIN
    )
    over_cap_reason = _line(
        "超出次数上限的理由", required=False, help_text="只在企业当年走访次数已满、确需再去时填写。"
    )

    def __init__(self, *args: Any, enterprise: Organization, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Project.objects.visible_to(actor).filter(enterprise=enterprise, is_active=True)
        self.fields["project"].queryset = own.order_by("-is_key", "name")  # type: ignore[attr-defined]
        others = Organization.objects.active().exclude(kind="enterprise").exclude(pk=actor.organization.pk)
        self.bodies = {body.pk: body for body in others.order_by("position", "pk")}
        self.fields["team"].choices = [  # type: ignore[attr-defined]
            (label, [(pk, body.short) for pk, body in self.bodies.items() if body.kind == kind])
            for kind, label in _KINDS.items()
        ]
        if not actor.is_office_lead:
            del self.fields["over_cap_reason"]

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what ``front_line.plan`` takes."""
        return {**self.cleaned_data, "team": [self.bodies[pk] for pk in self.cleaned_data["team"]]}


class MoveForm(forms.Form):
    """Another day, and why."""

    planned_on = a_day("新的日期")
    reason = _line("改期原因")


class RecordForm(forms.Form):
    """When it took place, who was there, what was said."""

    visited_on = a_day("走访日期")
    people = _line("参加人员", required=False, help_text="如“张某（市工信局）、李某（示例公司）”。")
    minutes = words("走访纪要", limit=4000, rows=6, help_text="企业也能看到。")


class AddForm(forms.Form):
    """A word more."""

    text = words("补记", limit=1000)


class CancelForm(forms.Form):
    """Why it does not take place."""

    reason = _line("取消原因")


FORMS: dict[str, type[forms.Form]] = {
    "record": RecordForm,
    "move": MoveForm,
    "cancel": CancelForm,
    "add": AddForm,
}


class RegisterForm(forms.Form):
    """The filters of the register; what cannot be understood is left out, so that an address always shows something."""

    q = forms.CharField(
        label="企业",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称或信用代码"}),
    )
    division = forms.ModelChoiceField(
        Division.objects.none(), label="县市区", required=False, empty_label="全部"
    )
    chain = forms.ModelChoiceField(Chain.objects.none(), label="产业链", required=False, empty_label="全部")
    key = forms.BooleanField(label="只看有重点项目的", required=False)
    never = forms.BooleanField(label="只看从未走访的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        divisions, chains = Division.objects.filter(is_active=True), Chain.objects.filter(is_active=True)
        for name in ("q", "division", "chain"):
            self.fields[name].widget.attrs["class"] = "form-control" if name == "q" else "form-select"
        for name in ("key", "never"):
            self.fields[name].widget.attrs["class"] = "form-check-input"
        self.fields["division"].queryset = divisions.order_by("code")  # type: ignore[attr-defined]
        self.fields["chain"].queryset = chains.order_by("code")  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """Return which part of the register is asked for."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            words=given.get("q", ""),
            division=given.get("division"),
            chain=given.get("chain"),
            is_key=given.get("key", False),
            is_never=given.get("never", False),
        )
