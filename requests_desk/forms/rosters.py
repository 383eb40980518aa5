"""Who of a body is on duty at one of its stalls."""

from typing import Any

from django import forms

from fairs.models import Stall
from taian_factors.directory.models import Membership, User


class RosterForm(forms.Form):
    """The people of a stall's body who work there on the fair's day, to be ticked."""

    staff = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="值守人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "值守人员：名单里没有这个人，请重新勾选。",
            "invalid_pk_value": "值守人员：名单里没有这个人，请重新勾选。",
        },
    )

    def __init__(self, *args: Any, stall: Stall, **kwargs: Any) -> None:
        named = [person.pk for person in stall.staff.all()]
        super().__init__(*args, initial={"staff": named}, auto_id=f"id_{stall.pk}_%s", **kwargs)
        self.stall = stall
        running = Membership.objects.running_on(stall.fair.held_on).filter(organization=stall.organization_id)
        people = User.objects.filter(is_active=True, pk__in=running.values("user"))
        self.fields["staff"].queryset = people.order_by("name", "pk")
