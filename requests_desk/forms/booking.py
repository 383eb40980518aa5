"""What an enterprise chooses when it books: a slot at each stall that it wants, and whom to call."""

from datetime import datetime
from typing import Any

from django import forms

from fairs.models import BookedPlace, Slot
from fairs.reserving import is_over
from requests_desk.forms.fields import words
from requests_desk.proposing import Proposal, Proposals
from taian_factors.directory.models import Organization
from taian_factors.directory.validators import validate_phone
from taian_factors.lib.half_width import NumberField


def _label(slot: Slot) -> str:
    if slot.free > 0:
        return f"{slot.hours}（余 {slot.free} 家）"
    return f"{slot.hours}（已满，排候补，前面 {slot.waiting_count} 家）"


class BookingForm(forms.Form):
    """One choice of a slot per stall; the nearest stalls have theirs chosen beforehand."""

    contact_name = forms.CharField(label="联系人", max_length=30)
    contact_phone = NumberField(
        label="联系电话",
        max_length=20,
        validators=[validate_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, proposals: Proposals, enterprise: Organization, **kwargs: Any) -> None:
        profile = enterprise.profile
        contact = {"contact_name": profile.contact_name, "contact_phone": profile.contact_phone}
        super().__init__(*args, initial=contact, **kwargs)
        self.proposals = proposals
        self.known = {slot.pk: slot for p in (*proposals.near, *proposals.others) for slot in p.slots}
        for proposal in (*proposals.near, *proposals.others):
            self.fields[self._name(proposal)] = forms.TypedChoiceField(
                label=f"{proposal.stall.code} {proposal.stall.organization.short}",
                required=False,
                coerce=int,
                empty_value=None,
                initial=proposal.chosen.pk if proposal.chosen else "",
                choices=[("", "不约这个摊位"), *((slot.pk, _label(slot)) for slot in proposal.slots)],
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one slot at least."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.slots:
            self.add_error(None, "时段：请至少选一个。")
        return cleaned

    @property
    def slots(self) -> list[Slot]:
        """The slots that were chosen."""
        chosen = [value for name, value in self.cleaned_data.items() if name.startswith("stall")]
        return [self.known[pk] for pk in chosen if pk]

    def near(self) -> list[tuple[Proposal, Any]]:
        """The proposed stalls, each with its field."""
        return [(proposal, self[self._name(proposal)]) for proposal in self.proposals.near]

    def others(self) -> list[tuple[Proposal, Any]]:
        """The other stalls, each with its field."""
        return [(proposal, self[self._name(proposal)]) for proposal in self.proposals.others]

    @staticmethod
    def _name(proposal: Proposal) -> str:
        return f"stall{proposal.stall.pk}"


class ChangePlaceForm(forms.Form):
    """Another slot at the same stall, or none any more; whoever does it for the enterprise says why."""

    MOVE, CANCEL = "move", "cancel"

    step = forms.ChoiceField(choices=[(MOVE, "改时段"), (CANCEL, "取消")], initial=MOVE)
    slot = forms.TypedChoiceField(
        label="改到",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "这个时段已约满或已过，请重新选择。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    reason = words("理由（企业会收到）", limit=200, rows=2)

    def __init__(self, *args: Any, place: BookedPlace, is_own: bool, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_own:
            del self.fields["reason"]
        slots = place.slot.stall.slots.exclude(pk=place.slot_id).select_related("stall").order_by("starts_at")
        day = place.booking.fair.held_on
        self.free = {slot.pk: slot for slot in slots if slot.free > 0 and not is_over(slot, day, at)}
        choices = [(pk, f"{slot.hours}（余 {slot.free} 家）") for pk, slot in self.free.items()]
        self.fields["slot"].choices = [("", "请选择时段"), *choices]

    def clean(self) -> dict[str, Any]:
        """A change says to which slot."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("step") == self.MOVE and not cleaned.get("slot") and "slot" not in self.errors:
            self.add_error("slot", "请选择改到哪个时段。")
        return cleaned

    @property
    def new_slot(self) -> Slot | None:
        """The slot that was chosen, if the place is not given up."""
        return self.free[self.cleaned_data["slot"]] if self.cleaned_data["step"] == self.MOVE else None
