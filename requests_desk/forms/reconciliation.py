"""What signing the lines of a factor week asks for."""

from typing import Any

from django import forms

from requests_desk.models import ReconciliationLine

REASON_TOO_LONG = {"max_length": "理由不能超过 300 个字。"}


def _ticked(form: forms.Form) -> list[int]:
    given = form.data.getlist("line") if form.is_bound else []
    return [int(number) for number in given if number.isdecimal() and len(number) < 18]


class DifferForm(forms.Form):
    """Which lines a body does not agree with, and in what."""

    difference = forms.CharField(
        label="有什么出入",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“6 月 28 日已办结，系统未登记”“应由市住建局主办”。推进办签认时答复。",
        error_messages={"required": "请写明有什么出入。", "max_length": "说明不能超过 300 个字。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = _ticked(self)


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
        help_text="结转须写明理由，如“手续在省级审批，预计下季度办结”；单位提出出入的，写明核对结果。",
        error_messages=REASON_TOO_LONG,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = _ticked(self)

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
