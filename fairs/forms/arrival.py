"""What is typed where enterprises arrive: reception, kiosk, door, and one more stall."""

import re
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import ValidationError

from fairs.expecting import booked_stalls
from fairs.forms.layout import StallChoice, helper_of, stall_label, stalls_of
from fairs.models import Booking, Fair, Stall, Visit
from fairs.models.bookings import CODE_LENGTH
from taian_factors.directory.models import Division, EnterpriseProfile, Organization
from taian_factors.directory.validators import clean_credit_code, validate_phone
from taian_factors.lib.codes import new_key
from taian_factors.lib.half_width import NumberField

# The kiosk's page stays when the network does not answer: what was typed is there, and the same press goes again.
STAYS = {
    "hx-post": "",
    "hx-target": "#main",
    "hx-select": "#main",
    "hx-swap": "outerHTML show:window:top",
    "hx-sync": "this:drop",
    "hx-request": '{"timeout": 10000}',
    "data-unanswered": "没有收到回答，可能是网络断了。请再按一次“签到取号”，不会取两个号。",
}
NO_STALLS = "选一个或几个摊位：每个摊位都排上，先叫到哪个先去哪个。"


def normal(typed: str) -> str:
    """Return what was typed half-width, in capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", typed.translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})).upper()


def _credit_code(value: str) -> str:
    return clean_credit_code(value) if value.strip() else ""


class PressForm(forms.Form):
    """What is pressed once: the page carries the key by which the press is known when it comes again."""

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, initial=new_key)


class ContactForm(PressForm):
    """Who came, and where they want to go."""

    is_visitor = False  # who fills it in

    contact_name = forms.CharField(label="联系人", max_length=30, required=False)
    contact_phone = NumberField(
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
        self.fields["stalls"].queryset = stalls_of(fair, is_visitor=self.is_visitor)
        fields = [
            Field(name, wrapper_class="stall-ticks") if name == "stalls" else name for name in self.fields
        ]
        self.helper = helper_of("签到取号", *fields)


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


class SelfForm(ContactForm):
    """Check-in by oneself; who has booked need not choose. ``there`` is the visit that was found instead of made.

    It was made by this very press when ``is_repeat``: the answer was lost, and is given again.
    """

    enterprise: Organization
    is_visitor = True
    there: Visit | None = None
    is_repeat = False
    knows_the_code = False

    def __init__(self, *args: Any, fair: Fair, **kwargs: Any) -> None:
        super().__init__(*args, fair=fair, **kwargs)
        self.fair = fair
        self.fields["stalls"].required = False

    @property
    def booked(self) -> list[Stall]:
        """Where the enterprise has booked, as far as it is known already."""
        known = getattr(self, "enterprise", None)
        return booked_stalls(self.fair, known) if known else []

    def may_see(self, visit: Visit) -> bool:
        """Say whether the phone page is shown: anybody can read a credit code, so for it the first time only."""
        return self.there is None or self.knows_the_code or self.is_repeat

    def clean(self) -> dict[str, Any]:
        """Ask for a stall where none is booked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["stalls"] and not self.booked:
            self.add_error("stalls", "请至少选一个摊位。")
        return cleaned


class KioskForm(SelfForm):
    """Who one is says the credit code, or the code of the booking."""

    credit_code = forms.CharField(
        label="统一社会信用代码或预约码",
        help_text="18 位代码见营业执照；10 位预约码见预约确认页。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    field_order = ["credit_code", "contact_name", "contact_phone", "stalls"]

    def __init__(self, *args: Any, stays: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stalls"].help_text = f"已预约的不用选。{NO_STALLS}"
        if stays:
            self.helper.attrs |= STAYS

    def clean_credit_code(self) -> str:
        """Take a booking's code of this fair, or a credit code in its normal form that is in the directory."""
        typed = normal(self.cleaned_data["credit_code"])
        if len(typed) == CODE_LENGTH:
            return self._of_booking(typed)
        code = clean_credit_code(typed)
        profiles = EnterpriseProfile.objects.select_related("organization__profile")
        profile = profiles.filter(credit_code=code, organization__is_active=True).first()
        if profile is None:
            raise ValidationError("名录里没有这个代码，请到服务台签到。")
        self.enterprise = profile.organization
        return code

    def _of_booking(self, code: str) -> str:
        bookings = Booking.objects.filter(fair=self.fair, code=code, enterprise__is_active=True)
        booking = bookings.select_related("enterprise__profile").first()
        if booking is None:
            raise ValidationError("本场大集没有这个预约码，请核对，或填统一社会信用代码。")
        self.enterprise, self.knows_the_code = booking.enterprise, True
        return code


class DoorForm(SelfForm):
    """Who one is says the account."""

    knows_the_code = True

    def __init__(self, *args: Any, fair: Fair, enterprise: Organization, **kwargs: Any) -> None:
        self.enterprise = enterprise
        contact = {
            "contact_name": enterprise.profile.contact_name,
            "contact_phone": enterprise.profile.contact_phone,
        }
        booked = booked_stalls(fair, enterprise)
        super().__init__(*args, fair=fair, initial={**contact, "stalls": booked}, **kwargs)


class WalkInForm(forms.Form):
    """An enterprise that nobody knew."""

    name = forms.CharField(label="企业名称", max_length=100)
    credit_code = forms.CharField(
        label="统一社会信用代码", required=False, help_text="没带营业执照可先不填，企业将标为“未核实”。"
    )
    division = forms.ModelChoiceField(label="所在县市区", queryset=Division.objects.none())
    contact_name = forms.CharField(label="联系人", max_length=30, required=False)
    contact_phone = NumberField(label="联系电话", max_length=20, required=False, validators=[validate_phone])

    def __init__(self, *args: Any, cancel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(is_active=True).order_by("code")
        self.helper = helper_of("登记并签到", *self.fields, cancel=cancel)

    def clean_credit_code(self) -> str:
        """Take the code in its normal form."""
        return _credit_code(self.cleaned_data["credit_code"])


class TakeForm(PressForm):
    """One more stall for a visit."""

    stall = forms.ModelChoiceField(label="摊位", queryset=Stall.objects.none(), empty_label="请选摊位")

    def __init__(
        self, *args: Any, fair: Fair, action: str = "", is_visitor: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stall"].queryset = stalls_of(fair, is_visitor=is_visitor)
        self.fields["stall"].label_from_instance = stall_label
        self.helper = helper_of("取号", "stall", "key", action=action)
