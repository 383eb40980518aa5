"""How the forms of a fair are laid out, and how a stall is named in a choice."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.db.models import QuerySet

from fairs.models import Fair, Stall


def helper_of(button: str, *fields: Any, action: str = "", cancel: str = "") -> FormHelper:
    """Lay fields out above one button and, where there is a place to go back to, a link."""
    helper = FormHelper()
    helper.attrs = {"novalidate": True}
    helper.form_action = action
    ways = [Submit("", button, css_class="btn-primary")]
    if cancel:
        ways.append(HTML(f'<a class="btn btn-outline-primary" href="{cancel}">取消</a>'))
    helper.layout = Layout(*fields, Div(*ways, css_class="form-actions"))
    return helper


def stall_label(stall: Stall) -> str:
    """Say what one chooses between: code, body, and how many wait there (``stalls_of`` counts them)."""
    return f"{stall.code} {stall.organization.short}（等候 {stall.waiting}）"


class StallChoice(forms.ModelMultipleChoiceField):
    """Stalls to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, stall: Stall) -> str:
        """Label a stall."""
        return stall_label(stall)


def stalls_of(fair: Fair, *, is_visitor: bool = False) -> QuerySet[Stall]:
    """Return the stalls of a fair for a choice, in order of their codes; a visitor is called to a joint table."""
    found = fair.stalls.with_line().select_related("organization").order_by("code")
    return found.filter(is_joint_table=False) if is_visitor else found
