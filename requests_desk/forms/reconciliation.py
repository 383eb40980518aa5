"""What signing the lines of a factor week asks for."""

from typing import Any

from django import forms

from requests_desk.models import ReconciliationLine

REASON_TOO_LONG = {"max_length": "理由不能超过 300 个字。"}


class SignForm(forms.Form):
    """Which lines, what becomes of them, and why."""

    outcome = forms.ChoiceField(
        label="结论",
        choices=ReconciliationLine.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择销号或结转。", "invalid_choice": "请选择销号或结转。"},
    )
    reason = forms.CharField(
        label="说明",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="结转须写明理由，如“手续在省级审批，预计下季度办结”。",
        error_messages=REASON_TOO_LONG,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("line") if self.is_bound else []
        self.lines = [int(number) for number in given if number.isdecimal() and len(number) < 18]

    def clean(self) -> dict[str, Any]:
        """Refuse when no line was ticked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.lines:
            raise forms.ValidationError("请先勾选要签认的事项。")
        return cleaned


class RestForm(forms.Form):
    """Why everything that is left is carried over."""

    reason = forms.CharField(
        label="结转理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "结转须写明理由。", **REASON_TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands beside the other form, whose reason has the usual id.
        super().__init__(*args, **{"auto_id": "id_rest_%s", **kwargs})
