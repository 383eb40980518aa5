"""What those who hold a request ask and are asked, and the records of a matter."""

from typing import Any

from django import forms

from requests_desk.deadlines import HAND_BACK_DAYS
from requests_desk.forms.fields import a_body, a_choice, a_day, bodies, words, yes_or_no
from requests_desk.forms.papers import PapersField
from requests_desk.forms.verbs import LeadForm, VerbForm
from requests_desk.models import Reply
from requests_desk.transitions import Answer
from requests_desk.workflow import Party
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import local_day

_OUTCOMES = [Reply.Outcome.ANSWER, Reply.Outcome.PLAN, Reply.Outcome.PROPOSE_INELIGIBLE]


class ReplyForm(VerbForm):
    """回复 with substance; what an outcome needs is asked beside it."""

    wrappers = {"plan_on": "only-plan", "plan_owner": "only-plan", "basis": "only-basis"}
    outcome = a_choice("回复类型", [(o.value, o.label) for o in _OUTCOMES], initial=Reply.Outcome.ANSWER)
    text = words("回复内容", limit=4000, rows=5, help_text="企业会看到这段话。")
    plan_on = a_day("方案完成日期", required=False, help_text="已出方案时填写。")
    plan_owner = forms.CharField(
        label="方案责任人",
        required=False,
        max_length=30,
        help_text="已出方案时填写姓名和职务。",
        error_messages={"max_length": "方案责任人不能超过 30 个字。"},
    )
    basis = words("政策依据", required=False, limit=200, rows=2, help_text="建议认定不符合条件时填写。")
    papers = PapersField(label="随回复的附件")

    def clean_plan_on(self) -> Any:
        """A plan ends today or later."""
        day = self.cleaned_data["plan_on"]
        if day and day < local_day(self.at):
            raise forms.ValidationError("方案完成日期不能早于今天。")
        return day

    def arguments(self) -> dict[str, Any]:
        """Return one Answer, and its papers."""
        given = {**super().arguments(), "outcome": Reply.Outcome(self.cleaned_data["outcome"])}
        papers = given.pop("papers")
        return {"answer": Answer(**given), "papers": papers}


class CompleteForm(VerbForm):
    """办结."""

    text = words("办结结果", limit=4000, rows=4, help_text="企业会看到这段话，并在 5 个工作日内确认。")


class InterimForm(VerbForm):
    """阶段性回复."""

    text = words("进展", limit=4000, rows=4, help_text="企业会看到这段话；回复期限不因此停止。")
    next_word_on = a_day("下次回复日期")


class SupportReplyForm(VerbForm):
    """协办回复."""

    text = words("协办意见", limit=4000, rows=4)


class AddSupportForm(VerbForm):
    """增加协办."""

    support = a_body("协办单位")
    reason = words("说明", required=False, rows=2)

    def prepare(self) -> None:
        """Offer who has no part in it yet."""
        held = [a.organization_id for a in self.factor_request.assignments.all() if a.ended_at is None]
        self.fields["support"].queryset = self.fields["support"].queryset.exclude(pk__in=held)


class TextForm(VerbForm):
    """A few words, if any: 吹哨, 报到."""

    text = words("说明", required=False, rows=2)


class NoteForm(VerbForm):
    """内部备注; it stands beside whatever others do."""

    heeds = False
    text = words("备注", limit=2000, help_text="只有承办单位和推进办看得到。")


class ContestForm(VerbForm):
    """提出异议."""

    text = words("异议", limit=2000, help_text="只能提出一次。")


class SupplementForm(VerbForm):
    """补充材料: bodies may keep it among themselves; what a support adds stays there anyway."""

    text = words("情况说明", required=False, limit=2000)
    papers = PapersField()
    is_internal = yes_or_no("给谁看", "只给承办单位和推进办", "企业也能看")

    def prepare(self) -> None:
        """Ask those who have a choice."""
        if self.parties & Party.FILER or self.parties == Party.SUPPORT:
            del self.fields["is_internal"]


class AskReopeningForm(VerbForm):
    """申请重新办理."""

    text = words("理由", limit=2000, help_text="只能申请一次。")


class UpholdForm(VerbForm):
    """维持原决定."""

    reason = words("理由", limit=2000, help_text="企业会看到这段话。同意企业的，请用“重新办理”或“重新受理”。")


class HandBackForm(LeadForm):
    """申请退回."""

    names_lead = "suggested"
    suggested = a_body("应当承办的单位")
    reason = words(
        "退回理由和职责依据", help_text=f"须在交办后 {HAND_BACK_DAYS} 个工作日内提出；裁定前期限照走。"
    )


class RuleHandBackForm(LeadForm):
    """裁定退回."""

    is_upheld = yes_or_no("裁定", "同意退回", "不同意，期限不变")
    ruling = words("裁定意见")
    lead = a_body("改由谁主办", required=False, help_text="同意时填写；不选即按部门建议的单位。")

    def prepare(self) -> None:
        """Say what no choice means."""
        super().prepare()
        self.fields["lead"].empty_label = "按部门建议"


class ClaimForm(VerbForm):
    """揭榜."""

    plan = words("揭榜方案", limit=4000, rows=5)
    partners = bodies("联合单位")

    def prepare(self) -> None:
        """Offer the enterprise whose project it is as a partner, too."""
        field = self.fields["partners"]
        enterprise = Organization.objects.filter(pk=self.factor_request.enterprise_id)
        field.queryset = (field.queryset.order_by() | enterprise).order_by("position", "pk")


class PhoneForm(VerbForm):
    """电话催确认."""

    has_answered = yes_or_no("电话", "接通", "未接通")
    text = words("通话情况", required=False, rows=2)


class CallBackForm(VerbForm):
    """回访."""

    is_solved = a_choice("企业答复", [("yes", "已解决"), ("no", "未解决"), ("none", "未联系上")])
    text = words("通话情况", required=False, rows=2)

    def arguments(self) -> dict[str, Any]:
        """Return True, False or None (nobody was reached)."""
        return {
            **super().arguments(),
            "is_solved": {"yes": True, "no": False}.get(self.cleaned_data["is_solved"]),
        }
