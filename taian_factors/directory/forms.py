"""Forms for the plain records of the directory."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout, Submit
from django import forms

from taian_factors.directory.models import EnterpriseProfile, User
from taian_factors.directory.validators import clean_credit_code, validate_phone
from taian_factors.lib.half_width import NumberField


class ProfileForm(forms.ModelForm):
    """What an enterprise says about itself. A credit code that is known is not changed here."""

    class Meta:
        model = EnterpriseProfile
        fields = ["credit_code", "division", "chain", "address", "contact_name", "contact_phone"]
        field_classes = {"contact_phone": NumberField}
        help_texts = {
            "credit_code": "18 位，见营业执照。填写后如需更改，请联系市工业推进办。",
            "contact_phone": "11 位手机号，或带区号的固定电话，例如 0538-6991234。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credit_code"].disabled = bool(self.instance.credit_code)
        # Pasted codes come with spaces and full-width digits; the clean form is measured, not what was typed.
        self.fields["credit_code"].max_length = None
        self.fields["credit_code"].validators = []
        self.fields["credit_code"].widget.attrs.pop("maxlength", None)
        self.fields["contact_phone"].validators.append(validate_phone)
        self.fields["contact_phone"].widget.input_type = "tel"
        self.helper = _laid_out(self.Meta.fields, "directory:profile")

    def clean_credit_code(self) -> str | None:
        """Take the code in its normal form."""
        code = self.cleaned_data["credit_code"]
        return clean_credit_code(code) if code else None

    def save(self, commit: bool = True) -> EnterpriseProfile:
        """Save; a contact that was changed is no longer a verified one."""
        if {"contact_name", "contact_phone"} & set(self.changed_data):
            self.instance.contact_verified_at = None
        return super().save(commit)


class ReachForm(forms.ModelForm):
    """Where notices reach a person."""

    class Meta:
        model = User
        fields = ["phone", "wecom_id"]
        field_classes = {"phone": NumberField}
        help_texts = {
            "phone": "11 位手机号，用于接收短信；不填则不发短信。",
            "wecom_id": "在企业微信“我—个人信息”中可见；不填则不发企业微信。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].validators.append(validate_phone)
        self.fields["phone"].widget.input_type = "tel"
        self.helper = _laid_out(self.Meta.fields, "directory:account")


def _laid_out(fields: list[str], back: str) -> FormHelper:
    """Return the fields one below the other, a button that saves, and the way back to the page named ``back``."""
    helper = FormHelper()
    helper.attrs = {"novalidate": True}
    cancel = f'<a class="btn btn-outline-primary" href="{{% url \'{back}\' %}}">取消</a>'
    buttons = Div(Submit("", "保存", css_class="btn-primary"), HTML(cancel), css_class="form-actions")
    helper.layout = Layout(*(Field(name) for name in fields), buttons)
    return helper
