"""What is asked after an open call was awarded."""

from django import forms

from requests_desk.forms.fields import a_choice, a_day, words, yes_or_no
from requests_desk.forms.verbs import VerbForm
from requests_desk.models import Milestone, UpwardEffort


def _a_line(label: str, limit: int) -> forms.CharField:
    messages = {"required": f"请填写{label}。", "max_length": f"{label}不能超过 {limit} 个字。"}
    return forms.CharField(label=label, max_length=limit, error_messages=messages)


class PlanMilestoneForm(VerbForm):
    """设定节点."""

    title = _a_line("节点", 120)
    due_on = a_day("计划完成日期")


class MilestoneForm(VerbForm):
    """The ground of forms about one milestone of the request's last call."""

    is_reached = False

    def prepare(self) -> None:
        """Offer the milestones that wait for this."""
        field = forms.ModelChoiceField(
            Milestone.objects.filter(
                open_call__factor_request=self.factor_request,
                reached_at__isnull=not self.is_reached,
                passed_at__isnull=True,
            ).order_by("due_on", "pk"),
            label="节点",
            empty_label="请选择",
            error_messages={"required": "请选择节点。", "invalid_choice": "请从本榜的节点中选择。"},
        )
        self.fields = {"seen": self.fields.pop("seen"), "milestone": field, **self.fields}


class ReachMilestoneForm(MilestoneForm):
    """节点完成."""

    report = words("完成情况", limit=2000, rows=4)


class CheckMilestoneForm(MilestoneForm):
    """节点验收."""

    is_reached = True
    is_passed = yes_or_no("结论", "通过", "不通过，继续实施")
    opinion = words("验收意见")


class AcceptChallengeForm(VerbForm):
    """揭榜验收."""

    acceptance = words("验收意见", limit=2000, rows=4)


class LogEffortForm(VerbForm):
    """对上争取."""

    level = a_choice("层级", UpwardEffort.Level.choices)
    counterpart = _a_line("对口单位", 60)
    sought_on = a_day("日期")
    matter = words("争取事项", rows=2)
    result = words("结果", rows=2)
