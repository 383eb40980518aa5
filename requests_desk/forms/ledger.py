"""The filters of the ledger; all of them stand in the address, so that a view of it can be shared."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from fairs.models import Fair
from requests_desk.models import FactorRequest, Filing
from requests_desk.workflow import State
from taian_factors.directory.models import Chain, Division, Factor, Organization
from taian_factors.lib.periods import at_local

LIGHTS = [("red", "逾期"), ("yellow", "临期"), ("green", "正常"), ("grey", "挂起")]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRONG_DATE = {"invalid": "不是有效的日期，请按 2023-06-13 填写。"}
WRONG_CHOICE = {"invalid_choice": "没有这个选项，请重新选择。"}
Requests = QuerySet[FactorRequest]


def _one_of(queryset: Any, label: str, **more: Any) -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        queryset=queryset, label=label, empty_label="全部", error_messages=WRONG_CHOICE, **more
    )


def _choice(choices: Any, label: str, **more: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=choices, label=label, empty_label="全部", error_messages=WRONG_CHOICE, **more
    )


def _day(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=DATE, error_messages=WRONG_DATE)


class Flag(django_filters.Filter):
    """A box: ticked it narrows, empty it says nothing."""

    field_class = forms.BooleanField

    def filter(self, requests: Requests, value: bool | None) -> Requests:
        """Keep what has the field set."""
        return requests.filter(**{self.field_name: True}) if value else requests


class LedgerFilter(django_filters.FilterSet):
    """State, light, factor, chain, place, lead, list, fair, days, key project, case by case, words."""

    q = django_filters.CharFilter(label="搜索", method="containing", max_length=60)
    state = _choice([("open", "全部在办"), *State.choices], "状态", method="in_state")
    light = _choice(LIGHTS, "灯", method="showing")
    factor = _one_of(Factor.objects.order_by("position"), "要素")
    lead = _one_of(Organization.objects.handlers().order_by("position", "pk"), "主办单位", method="led_by")
    chain = _one_of(Chain.objects.order_by("code"), "产业链")
    division = _one_of(Division.objects.order_by("code"), "县市区")
    channel = _choice(Filing.Channel.choices, "来源", field_name="filing__channel")
    fair = _one_of(Fair.objects.order_by("-held_on"), "大集", field_name="filing__visit__fair")
    filed_from = _day("申报日期起", "from_day")
    filed_until = _day("申报日期止", "until_day")
    key = Flag(field_name="filing__project__is_key", label="重点项目")
    case = Flag(field_name="is_case_by_case", label="一事一议")

    class Meta:
        model = FactorRequest
        fields: list[str] = []

    def __init__(self, *args: Any, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.form.fields["q"].widget.attrs |= {"placeholder": "标题、编号、企业、信用代码", "type": "search"}
        self.form.helper = None

    @property
    def narrowed(self) -> int:
        """How many filters beyond search, state and light are in use."""
        if not self.form.is_valid():
            return 1
        return sum(
            bool(v) for name, v in self.form.cleaned_data.items() if name not in {"q", "state", "light"}
        )

    @property
    def rows(self) -> Requests:
        """What the filters leave, newest first; nothing while one of them cannot be understood."""
        found = self.qs if self.form.is_valid() else self.queryset.none()
        return found.order_by("-filed_at", "-pk")

    def containing(self, requests: Requests, name: str, value: str) -> Requests:
        """Search in headline, number, enterprise and credit code; every word must be found."""
        for word in value.split():
            found = Q(headline__icontains=word) | Q(number__icontains=word)
            found |= Q(enterprise__name__icontains=word)
            found |= Q(enterprise__profile__credit_code__icontains=word)
            requests = requests.filter(found)
        return requests

    def in_state(self, requests: Requests, name: str, value: str) -> Requests:
        """One state, or all that are open."""
        return requests.open() if value == "open" else requests.filter(state=value)  # type: ignore[attr-defined]

    def showing(self, requests: Requests, name: str, value: str) -> Requests:
        """The worst running clock."""
        lit = FactorRequest.objects.showing(value, at=self.at)
        return requests.filter(pk__in=lit.values("pk"))

    def led_by(self, requests: Requests, name: str, value: Organization) -> Requests:
        """Whose lead is this body, or was when it ended."""
        return requests.last_led_by(value)  # type: ignore[attr-defined]

    def from_day(self, requests: Requests, name: str, value: date) -> Requests:
        """Filed on this day or later."""
        return requests.filter(filed_at__gte=at_local(value))

    def until_day(self, requests: Requests, name: str, value: date) -> Requests:
        """Filed on this day or earlier."""
        return requests.filter(filed_at__lt=at_local(value + timedelta(1)))
