"""The filters of the ledger; all of them stand in the address, so that a view of it can be shared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from fairs.models import Fair
from requests_desk import searching
from requests_desk.columns import LEDGER, Column, chosen, readable_by
from requests_desk.fair_needs import numbers_at
from requests_desk.models import FactorRequest, Filing
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Chain, Division, Factor, Organization
from taian_factors.lib.pages import Order
from taian_factors.lib.periods import at_local

LIGHTS = [("red", "逾期"), ("yellow", "临期"), ("green", "正常"), ("grey", "挂起")]
NEWEST = Order("filed_at")
ORDERS = {
    "oldest": ("最早申报的在前", Order("filed_at", is_descending=False)),
    "due": ("期限最近的在前（只列有期限的）", Order("due_at", is_descending=False)),
    "done": ("最近办结的在前（只列办结过的）", Order("completed_at")),
}
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRONG_DATE = {"invalid": "不是有效的日期，请按 2023-06-13 填写。"}
WRONG_CHOICE = {"invalid_choice": "没有这个选项，请重新选择。"}
# What an address says beside filters: where one is in the list, and which view it came from.
BESIDE = {"after", "before", "view"}
SHORT = {"q", "state", "light"}  # the filters that always stand above the list
Requests = QuerySet[FactorRequest]


def said(query: QueryDict) -> QueryDict:
    """Return an address's filters without what says nothing, so that it stays short when it is shared."""
    kept = query.copy()
    for name in list(kept):
        kept.setlist(name, [value for value in kept.getlist(name) if value])
        if name in BESIDE or not kept.getlist(name):
            del kept[name]
    return kept


def _one_of(queryset: Any, label: str, **more: Any) -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        queryset=queryset, label=label, empty_label="全部", error_messages=WRONG_CHOICE, **more
    )


def _body(label: str, method: str) -> django_filters.ModelChoiceFilter:
    return _one_of(Organization.objects.handlers().order_by("position", "pk"), label, method=method)


def _choice(choices: Any, label: str, **more: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=choices, label=label, empty_label="全部", error_messages=WRONG_CHOICE, **more
    )


def _day(label: str, field: str, *, is_last: bool = False) -> django_filters.DateFilter:
    return Day(field, label=label, is_last=is_last, widget=DATE, error_messages=WRONG_DATE)


def _searchable(value: str) -> None:
    if any(len(word) < searching.SHORTEST for word in searching.words(value)):
        raise ValidationError("每个搜索词至少两个字，例如“用地”；几个词用空格分开。")


class Flag(django_filters.Filter):
    """A box: ticked it narrows, empty it says nothing."""

    field_class = forms.BooleanField

    def filter(self, requests: Requests, value: bool | None) -> Requests:
        """Keep what has the field set."""
        return super().filter(requests, True) if value else requests


class Day(django_filters.DateFilter):
    """Moments on a day or later, or (``is_last``) on it or earlier."""

    def __init__(self, *args: Any, is_last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_last = is_last

    def filter(self, requests: Requests, value: date | None) -> Requests:
        """Cut at midnight in Tai'an."""
        if value is None:
            return requests
        if self.is_last:
            return requests.filter(**{f"{self.field_name}__lt": at_local(value + timedelta(1))})
        return requests.filter(**{f"{self.field_name}__gte": at_local(value)})


@dataclass(frozen=True)
class Chip:
    """One filter in use, in words, and the address without it."""

    label: str
    value: str
    without: str


class LedgerFilter(django_filters.FilterSet):
    """State, light, factor, chain, place, bodies, list, fair, days, marks, words; and which columns in which order."""

    q = django_filters.CharFilter(label="搜索", method="containing", max_length=60, validators=[_searchable])
    state = _choice([("open", "全部在办"), *State.choices], "状态", method="in_state")
    light = _choice(LIGHTS, "灯", method="showing")
    factor = _one_of(Factor.objects.order_by("position"), "要素")
    lead = _body("主办单位", "led_by")
    support = _body("协办单位", "supported_by")
    body = _body("主办或协办单位", "handled_by")
    chain = _one_of(Chain.objects.order_by("code"), "产业链")
    division = _one_of(Division.objects.order_by("code"), "县市区")
    channel = _choice(Filing.Channel.choices, "来源", field_name="filing__channel")
    fair = _one_of(Fair.objects.order_by("-held_on"), "大集", method="at_fair")
    filed_from = _day("申报日期起", "filed_at")
    filed_until = _day("申报日期止", "filed_at", is_last=True)
    due_from = _day("期限起", "due_at")
    due_until = _day("期限止", "due_at", is_last=True)
    done_from = _day("办结日期起", "completed_at")
    done_until = _day("办结日期止", "completed_at", is_last=True)
    key = Flag(field_name="filing__project__is_key", label="重点项目")
    case = Flag(field_name="is_case_by_case", label="一事一议")
    escalated = Flag(field_name="is_escalated", label="提级督办")
    backlog = Flag(method="in_backlog", label="积案")
    order = django_filters.ChoiceFilter(
        choices=[(name, label) for name, (label, _) in ORDERS.items()],
        label="排序",
        empty_label="最近申报的在前",
        method="as_it_is",
        error_messages=WRONG_CHOICE,
    )
    col = django_filters.MultipleChoiceFilter(
        choices=[(c.name, c.heading) for c in LEDGER],
        label="列",
        method="as_it_is",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有“%(value)s”这一列，请重新选列。"},
    )

    class Meta:
        model = FactorRequest
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, actor: Actor, at: datetime, is_whole: bool = False) -> None:
        # An address names few of them; only the page of all filters needs the rest.
        if not is_whole:
            self.base_filters = {n: f for n, f in self.base_filters.items() if n in SHORT or n in data}
        super().__init__(data, queryset=FactorRequest.objects.visible_to(actor))
        self.actor, self.at, self.said = actor, at, said(data)
        self.form.fields["q"].widget.attrs |= {
            "placeholder": "标题、内容、编号、企业、信用代码",
            "type": "search",
        }
        self.form.helper = None

    @property
    def is_valid_address(self) -> bool:
        """Whether every filter can be understood."""
        return self.form.is_valid()

    @property
    def walk(self) -> Order:
        """The order in which the list is walked."""
        name = self.form.cleaned_data.get("order") if self.is_valid_address else ""
        return ORDERS[name][1] if name else NEWEST

    @property
    def columns(self) -> list[Column]:
        """The chosen columns; the usual ones when none is."""
        names = self.form.cleaned_data.get("col", []) if self.is_valid_address else []
        return chosen(self.actor, names)

    @property
    def words(self) -> list[str]:
        """The words that are sought."""
        return searching.words(self.form.cleaned_data["q"] or "") if self.is_valid_address else []

    @property
    def rows(self) -> Requests:
        """What the filters leave, in no order; nothing while one of them cannot be understood."""
        if not self.is_valid_address:
            return self.queryset.none()
        return self.qs.filter(**{f"{self.walk.field}__isnull": False})

    @property
    def ordered(self) -> Requests:
        """What the filters leave, in the order that was chosen."""
        return self.rows.order_by(*self.walk.names())

    @property
    def chips(self) -> list[Chip]:
        """What is filtered, each with the address that says everything else."""
        return list(self._chips()) if self.is_valid_address else []

    def _chips(self) -> Iterator[Chip]:
        for name, value in self.form.cleaned_data.items():
            if not value or name == "col":
                continue
            field, without = self.form.fields[name], self.said.copy()
            without.pop(name, None)
            shown = dict(getattr(field, "choices", ())).get(value, value) if isinstance(value, str) else value
            yield Chip(field.label, "" if value is True else str(shown), without.urlencode())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says that the short form has no field for."""
        return [(name, value) for name, values in self.said.lists() if name not in SHORT for value in values]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that the short form leaves out, but for the columns."""
        return [field for field in self.form if field.name not in SHORT | {"col"}]

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """The columns that the reader may choose, each with whether it is."""
        named = self.said.getlist("col")
        return [(column, column.name in named) for column in readable_by(self.actor)]

    def containing(self, requests: Requests, name: str, value: str) -> Requests:
        """Search in headline, story, number, enterprise and credit code; every word must be found."""
        return requests.containing(value)  # type: ignore[attr-defined]

    def in_state(self, requests: Requests, name: str, value: str) -> Requests:
        """One state, or all that are open."""
        return requests.open() if value == "open" else requests.filter(state=value)  # type: ignore[attr-defined]

    def showing(self, requests: Requests, name: str, value: str) -> Requests:
        """The worst running clock."""
        return requests.showing(value, at=self.at)  # type: ignore[attr-defined]

    def led_by(self, requests: Requests, name: str, value: Organization) -> Requests:
        """Whose lead is this body, or was when it ended."""
        return requests.last_led_by(value)  # type: ignore[attr-defined]

    def supported_by(self, requests: Requests, name: str, value: Organization) -> Requests:
        """That this body supports or supported."""
        return requests.handled_by(value, part="support")  # type: ignore[attr-defined]

    def handled_by(self, requests: Requests, name: str, value: Organization) -> Requests:
        """That this body holds or held, in whatever part."""
        return requests.handled_by(value)  # type: ignore[attr-defined]

    def in_backlog(self, requests: Requests, name: str, value: bool) -> Requests:
        """Whose completion is overdue."""
        return requests.in_backlog(at=self.at) if value else requests  # type: ignore[attr-defined]

    def at_fair(self, requests: Requests, name: str, value: Fair) -> Requests:
        """Filed at a fair, or taken on at one of its desks."""
        return requests.filter(pk__in=numbers_at(value))

    def as_it_is(self, requests: Requests, name: str, value: Any) -> Requests:
        """Say how the list is shown, not what is in it."""
        return requests
