"""What a stall desk asks for: the click's key with every button, and one short form per need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms

from fairs.models import Stall, Ticket
from requests_desk.counter import Outcome, Result
from requests_desk.forms.fields import a_choice, a_day, words
from requests_desk.forms.papers import PapersField
from requests_desk.intake import Need
from requests_desk.models import BookedNeed, FactorRequest, Reply
from requests_desk.transitions import Answer
from taian_factors.directory.models import Factor, Project
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, slot

NEW = "new"


class NeedForm(forms.Form):
    """One need of the enterprise at the desk, new or filed before, with what became of it."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    ticket = forms.IntegerField(widget=forms.HiddenInput)
    which = forms.ChoiceField(label="哪一项需求", required=False)
    factor = forms.ModelChoiceField(
        Factor.objects.filter(is_active=True).order_by("position"),
        label="要素",
        required=False,
        empty_label="请选择",
        error_messages={"required": "请选择要素。", "invalid_choice": "名单里没有这个要素，请重新选择。"},
    )
    quantity = forms.DecimalField(
        label="数量",
        required=False,
        max_digits=14,
        decimal_places=4,
        error_messages={
            "invalid": "数量应是数字，例如 35.5。",
            "max_digits": "数量太大。",
            "max_decimal_places": "数量最多四位小数。",
            "max_whole_digits": "数量太大。",
        },
    )
    unit = forms.ChoiceField(
        label="单位", required=False, error_messages={"invalid_choice": "请从名单中选择单位。"}
    )
    headline = forms.CharField(
        label="需求（一句话）",
        required=False,
        max_length=80,
        error_messages={"required": "请用一句话写明需求。", "max_length": "需求不能超过 80 个字。"},
    )
    story = words("具体情况", required=False, limit=2000, rows=2)
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label="项目",
        required=False,
        empty_label="不涉及具体项目",
        error_messages={"invalid_choice": "这个项目不属于该企业。"},
    )
    outcome = a_choice("办理结果", Outcome.choices)
    text = words("办结结果或解决方案", required=False, limit=4000, rows=2)
    plan_on = a_day("方案完成日期", required=False)
    plan_owner = forms.CharField(
        label="方案责任人",
        required=False,
        max_length=30,
        error_messages={"max_length": "方案责任人不能超过 30 个字。"},
    )

    papers = PapersField()
    papers.help_text = ""  # no room at a counter; what may not be sent says why

    def __init__(
        self,
        *args: Any,
        ticket: Ticket | None,
        stall: Stall,
        to_take: Sequence[FactorRequest] = (),
        booked: Sequence[BookedNeed] = (),
        at: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, auto_id="id_need_%s", **kwargs)
        self.at, self.to_take = at, {str(r.pk): r for r in to_take}
        self.to_file = {need.key: need for need in booked}
        filed = [
            (pk, f"{r.headline}（{r.factor}，{r.get_state_display()}）") for pk, r in self.to_take.items()
        ]
        wished = [(key, f"预约：{need}（{need.factor}）") for key, need in self.to_file.items()]
        self.fields["which"].choices = [(NEW, "新的需求"), *wished, *filed]
        # the blank form of a desk that has no line: no files, and no projects that it knows
        if ticket is None:
            del self.fields["papers"], self.fields["project"]
        else:
            mine = Project.objects.filter(enterprise=ticket.visit.enterprise_id, is_active=True)
            self.fields["project"].queryset = mine.order_by("name")
        self._offer_factors(stall)
        if self.data.get("which", NEW) not in {*self.to_take, *self.to_file}:
            self.fields["factor"].required = self.fields["headline"].required = True
        self.helper = self._helper(bool(filed or wished))

    def _offer_factors(self, stall: Stall) -> None:
        """Offer what the stall handles before all else."""
        handled = {factor.pk for factor in stall.handles.all()}
        factors = sorted(self.fields["factor"].queryset, key=lambda f: (f.pk not in handled, f.position))
        self.fields["factor"].choices = [("", "请选择"), *((f.pk, f.name) for f in factors)]
        if len(handled) == 1:
            self.initial.setdefault("factor", handled.pop())
        units = list(dict.fromkeys(unit for factor in factors for unit in factor.units))
        self.fields["unit"].choices = [("", "默认"), *((unit, unit) for unit in units)]

    def _helper(self, has_filed: bool) -> FormHelper:
        if not has_filed:
            self.fields["which"].widget = forms.HiddenInput()
        row = {"story": "need-new", "project": "need-new", "papers": ""}
        beside = [(name, css) for name, css in row.items() if name in self.fields]
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout(
            Field("which"),
            Div(Field("factor"), Field("quantity"), Field("unit"), css_class="need-row need-new"),
            Div(Field("headline"), css_class="need-new"),
            Div(*(Div(Field(name), css_class=css) for name, css in beside), css_class="need-row"),
            Div(Field("outcome"), css_class="need-outcome"),
            Div(Field("text"), css_class="need-answer"),
            Div(Field("plan_on"), Field("plan_owner"), css_class="need-row need-plan"),
        )
        return helper

    def clean(self) -> dict[str, Any]:
        """A new need says what it is; an outcome says what it consists of."""
        given = super().clean() or self.cleaned_data
        which = given.get("which") or NEW
        self.filed, self.booked = self.to_take.get(which), self.to_file.get(which)
        if given.get("quantity") is not None and given["quantity"] <= 0:
            self.add_error("quantity", "数量应大于 0。")
        outcome = given.get("outcome")
        if outcome in (Outcome.COMPLETED, Outcome.PLANNED):
            done = "现场办结的结果" if outcome == Outcome.COMPLETED else "现场拿出的解决方案"
            self._needs("text", f"请写明{done}。")
        if outcome == Outcome.PLANNED:
            self._needs("plan_on", "请选择方案完成日期。")
            self._needs("plan_owner", "请填写方案责任人。")
            if given.get("plan_on") and given["plan_on"] < local_day(self.at):
                self.add_error("plan_on", "方案完成日期不能早于今天。")
        return given

    def _needs(self, name: str, message: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def need(self) -> Need:
        """Return the new need, or the one that was booked; without a unit its quantity is in the factor's first."""
        given = self.cleaned_data
        if self.booked:
            return Need(self.booked.factor, self.booked.headline or f"预约来谈：{self.booked.factor.name}")
        unit = given["unit"] or (given["factor"].units[0] if given["quantity"] is not None else "")
        return Need(given["factor"], given["headline"].strip(), given["story"], given["quantity"], unit)

    def result(self) -> Result:
        """Return what became of it."""
        given = self.cleaned_data
        outcome = Outcome(given["outcome"])
        if outcome == Outcome.PLANNED:
            plan = Answer(given["text"], Reply.Outcome.PLAN, given["plan_on"], given["plan_owner"])
            return Result(outcome, plan)
        return Result(outcome, Answer(given["text"]) if outcome == Outcome.COMPLETED else None)


class DeskForm(forms.Form):
    """A button at a desk: the click's key, and the ticket that the page showed."""

    key = forms.CharField(max_length=64, required=False)
    ticket = forms.IntegerField(required=False)
    to_stall = forms.ModelChoiceField(
        Stall.objects.none(),
        required=False,
        error_messages={"invalid_choice": "本场大集没有这个摊位，请重新选择。"},
    )
    note = forms.CharField(
        required=False, max_length=100, error_messages={"max_length": "交接说明不能超过 100 个字。"}
    )

    def __init__(self, *args: Any, fair_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_stall"].queryset = Stall.objects.filter(fair=fair_id)


class TableForm(forms.Form):
    """Ask for a joint table: which, who is called to it, over what."""

    key = forms.CharField(max_length=64)
    ticket = forms.IntegerField()
    table = forms.ModelChoiceField(
        Stall.objects.none(),
        label="会商桌",
        error_messages={
            "required": "请选择会商桌。",
            "invalid_choice": "本场大集没有这张会商桌，请重新选择。",
        },
    )
    stalls = forms.ModelMultipleChoiceField(
        Stall.objects.none(),
        label="请到会商的摊位",
        error_messages={
            "required": "请到会商的摊位：请至少选一个。",
            "invalid_choice": "请到会商的摊位：本场大集没有这个摊位，请重新选择。",
            "invalid_pk_value": "请到会商的摊位：本场大集没有这个摊位，请重新选择。",
        },
    )
    subject = forms.CharField(
        label="议题",
        max_length=120,
        error_messages={"required": "议题：请写明会商什么。", "max_length": "议题不能超过 120 个字。"},
    )
    needs = forms.ModelMultipleChoiceField(
        FactorRequest.objects.none(),
        label="会商的需求",
        required=False,
        error_messages={"invalid_choice": "会商的需求：这项需求不属于该企业。"},
    )

    def __init__(self, *args: Any, ticket: Ticket, stall: Stall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Stall.objects.filter(fair=stall.fair_id).select_related("organization")
        self.fields["table"].queryset = there.filter(is_joint_table=True)
        self.fields["stalls"].queryset = there.filter(is_joint_table=False).exclude(pk=stall.pk)
        self.fields["needs"].queryset = FactorRequest.objects.open().filter(
            enterprise=ticket.visit.enterprise_id
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what ``conferring.ask`` takes of it."""
        given = self.cleaned_data
        over = {name: given[name] for name in ("key", "table", "subject")}
        return {**over, "stalls": list(given["stalls"]), "factor_requests": list(given["needs"])}


@dataclass(frozen=True)
class Elsewhere:
    """The other stalls of a fair: those to which one sends somebody on, and the joint tables."""

    stalls: list[Stall]
    tables: list[Stall]


_STALLS: Prepared[Stall] = Prepared(
    lambda: Stall.objects.filter(fair=slot("fair")).select_related("organization").order_by("code")
)


def stalls_to(stall: Stall) -> Elsewhere:
    """Return the other stalls of a fair; one query."""
    rows = [other for other in _STALLS(fair=stall.fair_id) if other.pk != stall.pk]
    return Elsewhere([s for s in rows if not s.is_joint_table], [s for s in rows if s.is_joint_table])
