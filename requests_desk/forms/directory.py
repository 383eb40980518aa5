"""Questions to the dispatch directory."""

from django import forms

from requests_desk.forms.fields import a_day
from taian_factors.directory.models import Division, Factor

CHOOSE_AGAIN = {"invalid_choice": "没有这个选项，请重新选择。"}


class DirectoryForm(forms.Form):
    """Which rule would apply? A question in the address; nothing is written."""

    factor = forms.ModelChoiceField(
        Factor.objects.filter(is_active=True).order_by("position"),
        label="要素",
        empty_label="请选择",
        error_messages={"required": "请选择要素。", **CHOOSE_AGAIN},
    )
    division = forms.ModelChoiceField(
        Division.objects.filter(is_active=True).order_by("code"),
        label="县市区",
        empty_label="请选择",
        error_messages={"required": "请选择县市区。", **CHOOSE_AGAIN},
    )
    day = a_day("交办日期", required=False)
