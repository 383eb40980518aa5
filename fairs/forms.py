"""What people type at a fair. The verbs decide; forms clean and lay out."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from fairs.models import Fair, Stall, Zone
from taian_factors.directory.models import Division, EnterpriseProfile, Factor, Organization
from taian_factors.directory.validators import clean_credit_code, validate_phone

NO_STALLS = "选一个或几个摊位：每个摊位都排上，先叫到哪个先去哪个。"


def _helper(button: str, *fields: Any, action: str = "", cancel: str = "") -> FormHelper:
    """Lay fields out above one button and, where there is a place to go back to, a link."""
    helper = FormHelper()
    helper.attrs = {"novalidate": True}
    helper.form_action = action
    ways = [Submit("", button, css_class="btn-primary")]
    if cancel:
        ways.append(HTML(f'<a class="btn btn-outline-primary" href="{cancel}">取消</a>'))
    helper.layout = Layout(*fields, Div(*ways, css_class="form-actions"))
    return helper


def _credit_code(value: str) -> str:
    return clean_credit_code(value) if value.strip() else ""


def stall_label(stall: Stall) -> str:
    """Say what one chooses between: code, body, and how many wait there (``stalls_of`` counts them)."""
    return f"{stall.code} {stall.organization.short}（等候 {stall.waiting}）"


class StallChoice(forms.ModelMultipleChoiceField):
    """Stalls to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, stall: Stall) -> str:
        """Label a stall."""
        return stall_label(stall)


def stalls_of(fair: Fair) -> QuerySet[Stall]:
    """Return the stalls of a fair for a choice, in order of their codes."""
    return fair.stalls.with_line().select_related("organization").order_by("code")


class FairForm(forms.Form):
    """The day of a fair."""

    kind = forms.ChoiceField(label="类别", choices=Fair.Kind)
    name = forms.CharField(label="名称", max_length=60)
    held_on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    opens_at = forms.TimeField(
        label="开始时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial="09:00"
    )
    closes_at = forms.TimeField(
        label="结束时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial="17:00"
    )
    place = forms.CharField(label="地点", max_length=60)

    def __init__(self, *args: Any, cancel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper("保存", *self.fields, cancel=cancel)


class StallForm(forms.Form):
    """A stall of the plan."""

    code = forms.CharField(label="摊位号", max_length=8, help_text="例如 A03。")
    zone = forms.ModelChoiceField(label="展区", queryset=Zone.objects.none())
    organization = forms.ModelChoiceField(label="单位", queryset=Organization.objects.none())
    desks = forms.IntegerField(label="席位数", min_value=1, max_value=20, initial=1)
    position = forms.CharField(label="位置", max_length=40, required=False, help_text="例如 一楼东侧。")
    handles = forms.ModelMultipleChoiceField(
        label="办理要素",
        queryset=Factor.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, fair: Fair, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = fair.zones.order_by("code")
        owners = Organization.objects.active().exclude(kind=Organization.Kind.ENTERPRISE)
        self.fields["organization"].queryset = owners.order_by("kind", "position", "name")
        self.fields["handles"].queryset = Factor.objects.filter(is_active=True).order_by("position")
        self.helper = _helper("加这个摊位", *self.fields, action=action)


class SourceForm(forms.Form):
    """Which fair's stalls to copy; the newest is offered."""

    source = forms.ModelChoiceField(label="从哪一场复制", queryset=Fair.objects.none(), empty_label=None)

    def __init__(self, *args: Any, fair: Fair, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Fair.objects.exclude(pk=fair.pk).filter(stalls__isnull=False).distinct()
        self.fields["source"].queryset = others.order_by("-held_on", "-pk")
        self.helper = _helper("复制摊位", "source", action=action)


class ContactForm(forms.Form):
    """Who came, and where they want to go."""

    contact_name = forms.CharField(label="联系人", max_length=30, required=False)
    contact_phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        validators=[validate_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    stalls = StallChoice(
        label="摊位",
        queryset=Stall.objects.none(),
        help_text=NO_STALLS,
        error_messages={"required": "请至少选一个摊位。"},
    )

    def __init__(self, *args: Any, fair: Fair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stalls"].queryset = stalls_of(fair)
        self.helper = _helper("签到取号", *self.fields)


class ArrivalForm(ContactForm):
    """Check-in at reception, which alone gives priority."""

    priority = forms.BooleanField(label="优先", required=False)
    reason = forms.CharField(label="优先理由", max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a priority."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["priority"] = int(cleaned.get("priority", False))
        if cleaned["priority"] and not cleaned.get("reason"):
            self.add_error("reason", "请写明为什么优先。")
        return cleaned


class KioskForm(ContactForm):
    """Check-in by oneself: who one is says the credit code."""

    credit_code = forms.CharField(label="统一社会信用代码", help_text="18 位，见营业执照。")
    field_order = ["credit_code", "contact_name", "contact_phone", "stalls"]

    def clean_credit_code(self) -> str:
        """Take the code in its normal form, and only one that is in the directory."""
        code = clean_credit_code(self.cleaned_data["credit_code"])
        profiles = EnterpriseProfile.objects.select_related("organization")
        self.profile = profiles.filter(credit_code=code, organization__is_active=True).first()
        if self.profile is None:
            raise ValidationError("名录里没有这个代码，请到服务台签到。")
        return code


class WalkInForm(forms.Form):
    """An enterprise that nobody knew."""

    name = forms.CharField(label="企业名称", max_length=100)
    credit_code = forms.CharField(
        label="统一社会信用代码", required=False, help_text="没带营业执照可先不填，企业将标为“未核实”。"
    )
    division = forms.ModelChoiceField(label="所在县市区", queryset=Division.objects.none())
    contact_name = forms.CharField(label="联系人", max_length=30, required=False)
    contact_phone = forms.CharField(
        label="联系电话", max_length=20, required=False, validators=[validate_phone]
    )

    def __init__(self, *args: Any, cancel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(is_active=True).order_by("code")
        self.helper = _helper("登记并签到", *self.fields, cancel=cancel)

    def clean_credit_code(self) -> str:
        """Take the code in its normal form."""
        return _credit_code(self.cleaned_data["credit_code"])


class TakeForm(forms.Form):
    """One more stall for a visit."""

    stall = forms.ModelChoiceField(label="摊位", queryset=Stall.objects.none(), empty_label="请选摊位")

    def __init__(self, *args: Any, fair: Fair, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stall"].queryset = stalls_of(fair)
        self.fields["stall"].label_from_instance = stall_label
        self.helper = _helper("取号", "stall", action=action)
