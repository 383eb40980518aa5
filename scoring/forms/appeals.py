"""What an appeal, an exclusion and a decision ask for."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from scoring.models import REASONS


class PlainForm(forms.Form):
    """A form whose page writes the tag, the token and the buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class AppealForm(PlainForm):
    """Why one record should not count, with the evidence; the same for an appeal and for an exclusion."""

    reason = forms.ChoiceField(
        label="理由", choices=[("", "请选择"), *((reason, reason) for reason in REASONS)]
    )
    evidence = forms.CharField(
        label="情况和证据",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明事实、日期和依据的文件。",
    )


class DecisionForm(PlainForm):
    """Upheld or not, and why."""

    is_upheld = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "成立，予以剔除"), ("no", "不成立")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(label="决定意见", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
