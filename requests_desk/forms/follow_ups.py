"""What is asked after a bad review."""

from typing import Any

from django import forms

from requests_desk.forms.enterprise import SecondRatingForm
from requests_desk.forms.fields import words, yes_or_no
from requests_desk.forms.verbs import VerbForm


class FollowUpForm(VerbForm):
    """差评回访: nobody reached, or what was said and whether the department may hear it."""

    has_answered = yes_or_no("电话", "接通", "未接通")
    has_consented = forms.BooleanField(
        label="企业同意转办理部门整改", required=False, help_text="不同意的，部门不会知道是哪件事、哪家企业。"
    )
    finding = words("回访情况", limit=2000, help_text="只有推进办能看到。")
    told = words("请部门整改什么", required=False, help_text="企业同意后才转部门；部门只看到这段话。")

    def clean(self) -> dict[str, Any]:
        """With consent, the department must be told something."""
        given = super().clean() or self.cleaned_data
        if given.get("has_answered") and given.get("has_consented") and not given.get("told"):
            self.add_error("told", "请写明请部门整改什么。")
        return given


class RectifyForm(VerbForm):
    """整改反馈."""

    text = words("整改情况", limit=2000, rows=4, help_text="企业会看到这段话，并再评价一次。")


class RateAgainForm(VerbForm):
    """二次评价 on the request's own page."""

    rating = SecondRatingForm.base_fields["rating"]
    comment = SecondRatingForm.base_fields["comment"]
