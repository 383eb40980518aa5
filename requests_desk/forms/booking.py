"""What an enterprise chooses when it books: a slot at each stall that it wants, and whom to call."""

from typing import Any

from django import forms

from fairs.models import Slot
from requests_desk.proposing import Proposal, Proposals
from taian_factors.directory.models import Organization
from taian_factors.directory.validators import validate_phone


def _label(slot: Slot) -> str:
    if slot.free > 0:
        return f"{slot.hours}（余 {slot.free} 家）"
    return f"{slot.hours}（已满，排候补，前面 {slot.waiting_count} 家）"


class BookingForm(forms.Form):
    """One choice of a slot per stall; the nearest stalls have theirs chosen beforehand."""

    contact_name = forms.CharField(label="联系人", max_length=30)
    contact_phone = forms.CharField(
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
