"""What the verbs of one request ask for. Field names are the names of the arguments of the verb's function."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms

from requests_desk.dispatch_directory import suggest
from requests_desk.forms.fields import a_body, a_choice, a_day, bodies, words
from requests_desk.forms.papers import PapersField
from requests_desk.meanwhile import News, Seen
from requests_desk.models import Claim, FactorRequest
from requests_desk.workflow import Party
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar


class VerbForm(forms.Form):
    """The ground of every verb's form: it knows the request, what the actor is to it, and the moment.

    Several stand on one page, so each field's id begins with the verb. ``seen`` is the newest event that the page
    showed; with it a second click is known for what it is, and what others did meanwhile (``news``) is found.
    """

    heeds = True  # whether it comes back when somebody else did something meanwhile
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # field: class of what is around it; site.css shows some fields with one choice only.
    wrappers: dict[str, str] = {}

    def __init__(
        self,
        *args: Any,
        verb: str,
        factor_request: FactorRequest,
        parties: Party,
        at: datetime,
        calendar: WorkCalendar | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, auto_id=f"id_{verb}_%s", **kwargs)
        self.calendar = calendar
        self.verb, self.factor_request, self.parties, self.at = verb, factor_request, parties, at
        self.news: list[News] = []
        self.prepare()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(self._laid_out(name) for name in self.fields))

    def _laid_out(self, name: str) -> Field:
        is_long = isinstance(self.fields[name].widget, forms.CheckboxSelectMultiple)
        return Field(name, wrapper_class="bodies" if is_long else self.wrappers.get(name, ""))

    def prepare(self) -> None:
        """Fit the fields to the request; called once, last."""

    def workdays(self) -> WorkCalendar:
        """Return the calendar that the page has, else ask for it."""
        return self.calendar or CalendarYear.objects.calendar()

    def arguments(self) -> dict[str, Any]:
        """Return what was asked for as arguments of the verb's function."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    @property
    def seen_before(self) -> Seen:
        """What the page had shown of the request; empty for a form that was sent without a page."""
        self.is_valid()
        seen = self.cleaned_data.get("seen")
        return {} if seen is None else {self.factor_request.pk: seen}

    def rewritten(self, **words: str) -> dict[str, Any]:
        """Return what was typed as the initial values of a form that is not judged yet, with other words in it."""
        typed = {
            name: field.widget.value_from_datadict(self.data, {}, name) for name, field in self.fields.items()
        }
        return {**typed, **words}

    def renew(self, newest: int) -> None:
        """Let the form go out again as one whose page showed the newest event."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = newest

    def written(self) -> str:
        """Return the longest words that were typed: what somebody else's words are laid beside."""
        return max((text for _, text in self.typed()), key=len, default="")

    def typed(self) -> list[tuple[str, str]]:
        """Return what was typed as (label, text), so that a page can give it back when the form has gone."""
        shown = [field for field in self if isinstance(field.field, forms.CharField | forms.DateField)]
        return [(field.label, str(field.value())) for field in shown if field.value()]


class LeadForm(VerbForm):
    """The ground of forms that name another lead: only bodies that can lead this factor are offered."""

    names_lead = "lead"  # the field

    def prepare(self) -> None:
        """Offer institutions for finance, departments and county offices for all else, but not who leads now."""
        factor, now = self.factor_request.factor, self.factor_request.running_lead
        is_finance = factor.is_finance
        field = self.fields[self.names_lead]
        field.queryset = field.queryset.filter(kind__in=factor.lead_kinds)
        if now is not None:
            field.queryset = field.queryset.exclude(pk=now.organization_id)
        who = "金融机构" if is_finance else "部门或县市区推进办"
        field.error_messages["invalid_choice"] = (
            f"“{factor.name}”类需求应由{who}主办，不能是现在的主办单位，请重新选择。"
        )


class BareForm(VerbForm):
    """Nothing to say but yes."""

    heeds = False


class SendBackForm(VerbForm):
    """退回补正."""

    reason = words("需要补正什么", help_text="企业会看到这段话。")


class RefuseForm(VerbForm):
    """不予受理."""

    reason = words("理由和正确的渠道", help_text="企业会看到这段话。")


class RefileForm(VerbForm):
    """重新提交."""

    story = words("补充后的具体情况", limit=4000, rows=6)
    papers = PapersField(label="补充附件")

    def prepare(self) -> None:
        """Begin with what was filed."""
        self.initial.setdefault("story", self.factor_request.story)


class AssignForm(LeadForm):
    """交办: what the dispatch directory says is filled in; a counter hands only to its own body."""

    lead = a_body("主办单位")
    supports = bodies("协办单位")
    reason = words("交办说明", required=False, rows=2, help_text="与分办目录不同时必须写明理由。")

    def prepare(self) -> None:
        """Fill in the dispatch directory's suggestion."""
        super().prepare()
        if not self.parties & Party.OFFICE:
            del self.fields["supports"]
        elif not self.is_bound and (handout := suggest(self.factor_request, day=local_day(self.at))):
            self.initial = {"lead": handout.lead, "supports": handout.supports, **self.initial}


class ReassignForm(LeadForm):
    """转办."""

    lead = a_body("新的主办单位")
    reason = words("转办理由")


class ConveneForm(VerbForm):
    """联合会商 over this request."""

    subject = forms.CharField(
        label="议题",
        max_length=120,
        error_messages={"required": "请填写议题。", "max_length": "议题不能超过 120 个字。"},
    )
    agenda = words("议程", required=False, limit=2000)
    invited = bodies("参会单位")
    meets_at = forms.DateTimeField(
        label="会商时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "会商时间不是有效的时间，请按 2023-06-13 14:05 填写。"},
    )

    def prepare(self) -> None:
        """Begin with the request's own headline."""
        self.initial.setdefault("subject", self.factor_request.headline)


class ConcludeForm(LeadForm):
    """会商结论."""

    decision = words("会商结论", limit=2000, rows=4)
    lead = a_body("改由谁主办", required=False)
    supports = bodies("增加协办单位")


class OpenCallForm(VerbForm):
    """揭榜挂帅."""

    problem = words("难题", limit=2000)
    aim = words("目标", required=False, limit=2000)
    claims_until_on = a_day("揭榜截止日期")

    def clean_claims_until_on(self) -> Any:
        """Leave at least until tomorrow."""
        if self.cleaned_data["claims_until_on"] <= local_day(self.at):
            raise forms.ValidationError("揭榜截止日期应在今天之后。")
        return self.cleaned_data["claims_until_on"]


class AwardForm(VerbForm):
    """揭榜确定, among the lodged claims."""

    claim = forms.ModelChoiceField(
        Claim.objects.none(),
        label="中榜单位",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请选择中榜单位。", "invalid_choice": "只能从本榜的揭榜单位中确定。"},
    )
    reason = words("确定的理由")

    def prepare(self) -> None:
        """Offer the claims of the open call."""
        claims = Claim.objects.filter(
            open_call__factor_request=self.factor_request, open_call__closed_at__isnull=True
        )
        self.fields["claim"].queryset = claims.select_related("leader").order_by("lodged_at", "pk")


class ConfirmForm(VerbForm):
    """确认办结: the enterprise's answer, or the office's note that there was none."""

    answer = a_choice("结果", FactorRequest.Answer.choices)
    text = words("说明", required=False, help_text="选“未解决”时请写明哪里没有解决。")

    def prepare(self) -> None:
        """Leave each party its own answers."""
        silent = FactorRequest.Answer.SILENT
        is_filer = Party.FILER in self.parties
        self.fields["answer"].choices = [
            (value, label) for value, label in FactorRequest.Answer.choices if (value == silent) != is_filer
        ]
        if not is_filer:
            self.fields["text"].help_text = "须过了确认期限，并在两天内至少电话联系三次。"

    def clean(self) -> dict[str, Any]:
        """An unsolved matter goes back to work, and those who take it up must know what is missing."""
        given = super().clean() or self.cleaned_data
        if given.get("answer") == FactorRequest.Answer.UNSOLVED and not given.get("text"):
            self.add_error("text", "请写明哪里没有解决。")
        return given


class RedoForm(VerbForm):
    """退回重办."""

    reason = words("哪里没有解决")


class IneligibleForm(VerbForm):
    """不符合条件."""

    basis = words("政策依据")


class WriteOffForm(VerbForm):
    """销号."""

    text = words("说明", required=False, rows=2)


class ByCaseForm(VerbForm):
    """一事一议销号."""

    decision = words("一事一议的决定", limit=2000)


class ReasonForm(VerbForm):
    """A reason and nothing else: 重新办理, 重新受理, 撤榜."""

    reason = words("理由")


class CaseByCaseForm(VerbForm):
    """列为一事一议, with days of its own."""

    reason = words("理由")
    reply_on = a_day("回复日期", required=False, help_text="不填的，仍按要素的期限。")
    complete_on = a_day("办结日期", required=False, help_text="不填的，仍按要素的期限；已经超过的期限不变。")


class WithdrawForm(VerbForm):
    """撤回."""

    reason = words("撤回原因", required=False, rows=2)
