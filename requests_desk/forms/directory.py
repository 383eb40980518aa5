"""What is asked of the dispatch directory, and what is written into it."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django import forms

from requests_desk.directing import check, check_end
from requests_desk.dispatch_directory import Entry, Handout, newest
from requests_desk.foreseeing import Preview, preview, withdrawing
from requests_desk.forms.fields import a_body, a_day, bodies, words
from requests_desk.journal import RefusedError
from requests_desk.meanwhile import News
from requests_desk.models import DispatchRule
from taian_factors.directory.models import Division, Factor
from taian_factors.lib.periods import local_day

CHOOSE_AGAIN = {"invalid_choice": "没有这个选项，请重新选择。"}


def _factor() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Factor.objects.filter(is_active=True).order_by("position"),
        label="要素",
        empty_label="请选择",
        error_messages={"required": "请选择要素。", **CHOOSE_AGAIN},
    )


def _division(empty_label: str, **more: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Division.objects.filter(is_active=True).order_by("code"),
        label="县市区",
        empty_label=empty_label,
        error_messages={"required": "请选择县市区。", **CHOOSE_AGAIN},
        **more,
    )


class DirectoryForm(forms.Form):
    """Which rule would apply? A question in the address; nothing is written."""

    factor = _factor()
    division = _division("请选择")
    day = a_day("交办日期", required=False)


class ChangeForm(forms.Form):
    """The ground of both changes: nothing is used that was not previewed as it stands.

    ``previewed`` is the seal of what the preview showed; ``seen`` the newest change of the factor's rules that the
    page showed. A kind of change says whose rules it is about and looks ahead in ``_look_ahead``.
    """

    subject: Factor
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.news: list[News] = []
        self.preview: Preview | None = None

    def seal(self) -> str:
        """Return what stands for the words of this form; one changed letter changes it."""
        said = [
            f"{name}={self.data.getlist(name)}" for name in self.fields if name not in ("previewed", "seen")
        ]
        return sha256("\n".join(said).encode()).hexdigest()

    @property
    def is_previewed(self) -> bool:
        """The person has seen what this very change would do."""
        return self.cleaned_data.get("previewed") == self.seal()

    def show_preview(self) -> bool:
        """Look ahead and seal what is shown; say whether the change could be made."""
        try:
            self.preview = self._look_ahead()
        except RefusedError as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
            return False
        seen = self.cleaned_data["seen"]
        self.carry(previewed=self.seal(), seen=newest(self.subject) if seen is None else seen)
        return True

    def carry(self, **hidden: Any) -> None:
        """Let the form go out again with other hidden values."""
        self.data = self.data.copy()
        for name, value in hidden.items():
            self.data[name] = value

    def refuse(self, error: RefusedError) -> None:
        """Come back with a refusal; after a change by others, as a form that has seen it and is previewed anew."""
        self.add_error(error.field if error.field in self.fields else None, str(error))
        self.news = getattr(error, "news", [])
        if self.news:
            self.carry(previewed="", seen=newest(self.subject))


class RuleForm(ChangeForm):
    """录入: a rule that replaces what is in force for the same needs."""

    factor = _factor()
    division = _division("全市", required=False, help_text="县市区自己的规则先于全市规则。")
    lead = a_body("主办单位")
    supports = bodies("协办单位")
    from_on = a_day("起始日期")
    until_on = a_day("终止日期", required=False, help_text="不填即长期有效；填写后，期满恢复原来的规则。")
    reason = words("依据", limit=200, rows=2)

    @property
    def subject(self) -> Factor:
        """The factor that was chosen."""
        return self.cleaned_data["factor"]

    def entry(self) -> Entry:
        """Return what was written."""
        given = self.cleaned_data
        handout = Handout(given["lead"], tuple(given["supports"]))
        days = given["from_on"], given["until_on"]
        return Entry(given["factor"], given["division"], handout, *days, given["reason"].strip())

    def _look_ahead(self) -> Preview:
        return preview(check(self.entry(), at=self.at))


class EndForm(ChangeForm):
    """终止 a rule that has begun, or 撤销 one that has not (then there is no last day to name)."""

    until_on = a_day("最后一天")
    reason = words("理由", limit=200, rows=2)

    def __init__(self, *args: Any, rule: DispatchRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.is_withdrawal = rule.from_on > local_day(self.at)
        if self.is_withdrawal:
            del self.fields["until_on"]

    @property
    def subject(self) -> Factor:
        """The factor of the rule."""
        return self.rule.factor

    @property
    def last_day(self) -> date | None:
        """The last day, where one is asked for."""
        return self.cleaned_data.get("until_on")

    def _look_ahead(self) -> Preview:
        if self.last_day is None:
            return preview(withdrawing(self.rule))
        return preview(check_end(self.rule, until_on=self.last_day, at=self.at))
