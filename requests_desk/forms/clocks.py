"""What changes a clock: asking for it, deciding on it. Each form shows the new deadline before anything is sent."""

from typing import Any

from django import forms

from requests_desk import arithmetic
from requests_desk.deadlines import EXTENSION_DAYS
from requests_desk.forms.fields import a_choice, words, yes_or_no
from requests_desk.forms.verbs import VerbForm
from requests_desk.models import Assignment, Suspension

ASKED = [Suspension.Cause.PAPERS, Suspension.Cause.PROCEDURE, Suspension.Cause.APPROVAL]


class ClockForm(VerbForm):
    """The ground: it finds the lead whose clocks are spoken of."""

    @property
    def lead(self) -> Assignment | None:
        """The running lead; None when somebody was quicker, which the verb then says."""
        return self.factor_request.running_lead

    def foretell(self, field: str, text: str) -> None:
        """Say at a field what would come of it."""
        self.fields[field].help_text = text


class ExtensionForm(ClockForm):
    """申请延期: each choice says the deadline that it would make."""

    days = forms.TypedChoiceField(
        label="延期工作日",
        coerce=int,
        help_text="只能申请一次；批准后从原期限起算，不论何时批准。",
        error_messages={
            "required": "请选择延期工作日。",
            "invalid_choice": f"延期应为 1 至 {EXTENSION_DAYS} 个工作日。",
        },
    )
    reason = words("延期理由", help_text="企业会看到这段话。")

    def prepare(self) -> None:
        """Offer one to ten working days, each with its day."""
        lead = self.lead
        choices = arithmetic.extension_choices(lead, self.workdays()) if lead else []
        self.fields["days"].choices = [("", "请选择"), *choices]


class SuspensionForm(ClockForm):
    """申请挂起."""

    cause = a_choice("事由", [(c.value, c.label) for c in ASKED])
    reason = words("挂起理由", help_text="批准后才停止计时，最长 60 个工作日。")

    def prepare(self) -> None:
        """Say what would be kept, and until when."""
        if lead := self.lead:
            self.foretell("cause", arithmetic.suspension_asked(lead, at=self.at, calendar=self.workdays()))

    def arguments(self) -> dict[str, Any]:
        """Return the cause as a member of its choices."""
        return {**super().arguments(), "cause": Suspension.Cause(self.cleaned_data["cause"])}


class DecideForm(ClockForm):
    """The ground of both approvals."""

    is_approved = yes_or_no("审批结果", "同意", "不同意")
    decision = words("审批意见", required=False, rows=2)


class DecideExtensionForm(DecideForm):
    """审批延期."""

    def prepare(self) -> None:
        """Say what 同意 makes of the deadline."""
        extension = getattr(self.lead, "extension", None)
        if extension is not None and extension.decided_at is None:
            self.foretell("is_approved", arithmetic.extension_asked(extension, self.lead, self.workdays()))


class DecideSuspensionForm(DecideForm):
    """审批挂起."""

    def prepare(self) -> None:
        """Say what 同意 keeps of the clocks."""
        if lead := self.lead:
            told = arithmetic.suspension_asked(lead, at=self.at, calendar=self.workdays())
            self.foretell("is_approved", told)


class ResumeForm(ClockForm):
    """恢复计时."""

    reason = words("说明", required=False, rows=2)

    def prepare(self) -> None:
        """Say which deadlines it would write."""
        resting = (
            [s for s in self.lead.suspensions.all() if s.opened_at and not s.closed_at] if self.lead else []
        )
        if resting:
            told = arithmetic.resumption(resting[0], at=self.at, calendar=self.workdays())
            self.foretell("reason", told)
