"""What an enterprise fills in beside a filing: the review of a matter, a question about progress; and finding one."""

import re
from typing import Any

from django import forms

from requests_desk.forms.fields import laid_out, words
from requests_desk.models import SatisfactionReview
from requests_desk.reviewing import Verdict
from taian_factors.lib.half_width import NumberField

_MET = [("yes", "联系过"), ("no", "没联系")]


class ReviewForm(forms.Form):
    """One rating in five words, two facts, and room for more."""

    rating = forms.TypedChoiceField(
        label="您对这件事的办理满意吗？",
        choices=SatisfactionReview.Rating.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择满意度。", "invalid_choice": "请从五个选项中选择。"},
    )
    contacted = forms.ChoiceField(
        label="部门联系过您吗？", choices=_MET, required=False, widget=forms.RadioSelect
    )
    solved = forms.ChoiceField(
        label="问题解决了吗？",
        choices=SatisfactionReview.Solved.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="还想说的",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选填。办理部门只看到评价等级和上面两项，看不到是哪家企业。",
        error_messages={"max_length": "请不超过 500 字，现在是 %(show_value)d 字。"},
    )

    @property
    def verdict(self) -> Verdict:
        """What the enterprise says (of a valid form)."""
        given = self.cleaned_data
        contacted = {"yes": True, "no": False}.get(given["contacted"])
        return Verdict(given["rating"], contacted, given["solved"], given["comment"])


class NumberForm(forms.Form):
    """The ground of what is asked without signing in: the number of a filing or of one of its requests."""

    number = NumberField(
        label="申报编号或需求编号",
        max_length=40,
        help_text="例如 20230613-000123，或 20230613-000123-1。",
        error_messages={"required": "请填写编号。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(*self.fields)


class TrackForm(NumberForm):
    """A number and four digits of the contact's phone."""

    digits = NumberField(
        label="联系电话后四位",
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写联系电话的后四位。"},
    )

    def clean_digits(self) -> str:
        """Ask for four digits."""
        digits = self.cleaned_data["digits"]
        if not re.fullmatch(r"[0-9]{4}", digits):
            raise forms.ValidationError("请填四位数字。")
        return digits


class VerifyContactForm(NumberForm):
    """The number of a filing, and the code that its contact was sent."""

    code = NumberField(
        label="短信验证码",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": "请填写短信里的验证码。"},
    )

    def clean_code(self) -> str:
        """Ask for six digits."""
        code = self.cleaned_data["code"]
        if not re.fullmatch(r"[0-9]{6}", code):
            raise forms.ValidationError("验证码是六位数字。")
        return code


class SecondRatingForm(forms.Form):
    """二次评价 by the link that went to the verified contact."""

    rating = forms.TypedChoiceField(
        label="整改以后，您对这件事满意吗？",
        choices=SatisfactionReview.Rating.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择满意度。", "invalid_choice": "请从五个选项中选择。"},
    )
    comment = words("还想说的", required=False, limit=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(*self.fields)
