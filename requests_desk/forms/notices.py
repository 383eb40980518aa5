"""What a person chooses to hear where, and the filters of the delivery log."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from requests_desk.choices import Hearer, kinds_for
from requests_desk.models import Delivery
from requests_desk.notice_table import OUTSIDE, Channel, Kind
from requests_desk.notices import Wish
from taian_factors.lib import channels as ways
from taian_factors.lib.periods import at_local, local_day

SHOWN_FOR = timedelta(days=30)  # what the log shows when no first day is asked for
STATES = [("waiting", "待发送"), ("sent", "已送达"), ("failed", "失败"), ("daily", "等每日汇总")]


class ChoiceForm(forms.Form):
    """A box for each kind and each open channel, and one per channel for the daily digest."""

    def __init__(self, *args: Any, hearer: Hearer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = [channel for channel in OUTSIDE if ways.is_on(channel)]
        self.kinds = kinds_for(hearer)
        for channel in self.channels:
            for kind in self.kinds:
                self._box(channel, kind, f"{kind.label}：{channel.label}", hearer.wants(kind, channel))
            daily = hearer.chosen[channel].is_daily if channel in hearer.chosen else False
            self._box(channel, "daily", f"{channel.label}每日汇总", daily)

    def _box(self, channel: Channel, name: str, label: str, initial: bool) -> None:
        box = forms.BooleanField(label=label, required=False, initial=initial)
        box.widget.attrs = {"class": "form-check-input", "aria-label": label}
        self.fields[f"{channel}_{name}"] = box

    def rows(self) -> Iterator[tuple[Kind, list[tuple[Channel, forms.BoundField]]]]:
        """Give the table's lines, a kind each."""
        for kind in self.kinds:
            yield kind, [(channel, self[f"{channel}_{kind}"]) for channel in self.channels]

    def daily(self) -> list[tuple[Channel, forms.BoundField]]:
        """Give the last line: the daily digest of each channel."""
        return [(channel, self[f"{channel}_daily"]) for channel in self.channels]

    @property
    def wishes(self) -> dict[Channel, Wish]:
        """What was ticked, by channel."""
        ticked = self.cleaned_data
        return {
            channel: Wish(
                {kind: ticked[f"{channel}_{kind}"] for kind in self.kinds}, ticked[f"{channel}_daily"]
            )
            for channel in self.channels
        }


def _day(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "不是有效的日期，请按 2023-06-13 填写。"},
    )


def _choice(choices: Any, label: str, **more: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=choices,
        label=label,
        empty_label="全部",
        error_messages={"invalid_choice": "没有这个选项，请重新选择。"},
        **more,
    )


class DeliveryFilter(django_filters.FilterSet):
    """Words or a request's number, channel, state, kind, days."""

    q = django_filters.CharFilter(label="搜索", method="containing", max_length=60)
    channel = _choice([(channel.value, channel.label) for channel in OUTSIDE], "渠道")
    state = _choice(STATES, "状态", method="in_state")
    kind = _choice(Kind.choices, "类别")
    since = _day("日期起", "from_day")
    until = _day("日期止", "until_day")

    class Meta:
        model = Delivery
        fields: list[str] = []

    def __init__(self, *args: Any, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.form.fields["q"].widget.attrs |= {"placeholder": "内容、收件人、需求编号", "type": "search"}
        self.form.helper = None

    @property
    def rows(self) -> QuerySet[Delivery]:
        """What the filters leave, of the last thirty days unless they say otherwise."""
        if not self.form.is_valid():
            return self.queryset.none()
        if self.form.cleaned_data.get("since"):
            return self.qs
        return self.from_day(self.qs, "", local_day(self.at) - SHOWN_FOR)

    def containing(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Find words in text, person and number."""
        for word in value.split():
            found = Q(text__icontains=word) | Q(user__name__icontains=word)
            rows = rows.filter(found | Q(event__factor_request__number__icontains=word))
        return rows

    def in_state(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Find by where a telling stands; what a digest carried stands where the digest stands."""
        found = {
            "waiting": Q(sent_at=None, failed_at=None, next_try_at__isnull=False),
            "sent": Q(sent_at__isnull=False) | Q(digest__sent_at__isnull=False),
            "failed": Q(failed_at__isnull=False) | Q(digest__failed_at__isnull=False),
            "daily": Q(digest_at__isnull=False, digest=None),
        }
        return rows.filter(found[value])

    def from_day(self, rows: QuerySet[Delivery], name: str, value: date) -> QuerySet[Delivery]:
        """Written on this day or later."""
        return rows.filter(created_at__gte=at_local(value))

    def until_day(self, rows: QuerySet[Delivery], name: str, value: date) -> QuerySet[Delivery]:
        """Written on this day or earlier."""
        return rows.filter(created_at__lt=at_local(value + timedelta(1)))
