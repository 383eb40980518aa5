"""What a reply template is made of."""

from typing import Any

from django import forms

from requests_desk.forms.fields import words
from requests_desk.models import Reply
from requests_desk.wordings import OUTCOMES, PLACEHOLDERS
from taian_factors.directory.models import Factor

CHOOSE_AGAIN = {"invalid_choice": "没有这个选项，请重新选择。"}
_USES = [(str(o.value), o.label) for outcomes in OUTCOMES.values() for o in outcomes]


class TemplateForm(forms.Form):
    """A template or its next version."""

    title = forms.CharField(
        label="名称",
        max_length=40,
        help_text="在答复时按名称选用。",
        error_messages={"required": "请填写名称。", "max_length": "名称不能超过 40 个字。"},
    )
    outcome = forms.ChoiceField(
        label="用于",
        choices=[("", "请选择"), *_USES],
        error_messages={"required": "请选择用于哪种答复。", **CHOOSE_AGAIN},
    )
    factor = forms.ModelChoiceField(
        Factor.objects.filter(is_active=True).order_by("position"),
        label="要素",
        required=False,
        empty_label="各类要素",
        error_messages=CHOOSE_AGAIN,
    )
    text = words(
        "内容",
        limit=2000,
        rows=8,
        help_text="可以写占位，套用时自动填好：" + "、".join(f"{{{name}}}" for name in PLACEHOLDERS) + "。",
    )

    def arguments(self) -> dict[str, Any]:
        """Return what ``write_template`` takes."""
        return {**self.cleaned_data, "outcome": Reply.Outcome(self.cleaned_data["outcome"])}
