"""What recording attendance asks for: of each department whether it was there, and the proof."""

from collections.abc import Mapping

from django import forms

from scoring.attendance import Attended, Attendee
from scoring.forms.appeals import PlainForm
from scoring.models import DutyRecord

Result = DutyRecord.Result
CHOICES = [(Result.ON_TIME, "按时到场"), (Result.LATE, "迟到"), (Result.NOT_DONE, "未到场")]


class AttendForm(PlainForm):
    """One department."""

    result = forms.ChoiceField(
        label="到场情况",
        choices=CHOICES,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": "请选择到场情况。", "invalid_choice": "请重新选择到场情况。"},
    )
    proof = forms.CharField(
        label="认定依据",
        max_length=300,
        error_messages={"required": "请写明认定依据。", "max_length": "认定依据不能超过 300 个字。"},
    )

    def __init__(self, data: Mapping[str, str] | None, *, attendee: Attendee) -> None:
        initial = {"result": attendee.result, "proof": attendee.proof}
        super().__init__(data, prefix=f"b{attendee.organization.pk}", initial=initial)
        self.attendee = attendee

    @property
    def attended(self) -> Attended:
        """What the office says of the department (of a valid form)."""
        return Attended(self.attendee.organization, **self.cleaned_data)
