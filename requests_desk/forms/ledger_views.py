"""What is typed about a saved view of the ledger."""

from typing import Any

from django import forms

from requests_desk.models import DefaultView, LedgerView


class NameForm(forms.Form):
    """A name for a view, and what its address says."""

    name = forms.CharField(label="名称", max_length=20, error_messages={"required": "请给视图起个名称。"})
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)


class ShareForm(forms.Form):
    """With whom a view is shared."""

    audience = forms.ChoiceField(label="共享范围", choices=LedgerView.Audience.choices)


class DefaultsForm(forms.Form):
    """For which readers the ledger opens with a view."""

    readers = forms.MultipleChoiceField(label="默认用于", choices=DefaultView.Reader.choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readers"].error_messages["invalid_choice"] = "没有这类读者，请重新选择。"
