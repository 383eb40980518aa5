"""What the office types when it plans: the day, a stall, the floor, the slots."""

from collections.abc import Iterable
from typing import Any

from django import forms

from fairs.forms.layout import helper_of
from fairs.models import Fair, Slot, Stall, Zone
from fairs.placing import FARTHEST, MOST_DESKS, StallPlan
from fairs.planning import LONGEST, SHORTEST
from taian_factors.directory.models import Factor, Organization, User


def _clock(label: str, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs
    )


def _step(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=FARTHEST, required=False)


class FairForm(forms.Form):
    """The day of a fair; a new one can be like another."""

    source = forms.ModelChoiceField(
        label="照哪一场安排",
        queryset=Fair.objects.none(),
        required=False,
        empty_label="不照搬，从四个空展区开始",
        help_text="展区、摊位、平面位置、席位、值守人员、办理要素、开放时间和预约时段一次带过来。",
    )
    kind = forms.ChoiceField(label="类别", choices=Fair.Kind)
    name = forms.CharField(label="名称", max_length=60)
    held_on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    opens_at = _clock("开始时间", initial="09:00")
    closes_at = _clock("结束时间", initial="17:00")
    place = forms.CharField(label="地点", max_length=60)

    def __init__(self, *args: Any, is_new: bool, cancel: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            others = Fair.objects.filter(stalls__isnull=False).distinct().order_by("-held_on", "-pk")
            self.fields["source"].queryset = others
            if (last := others.first()) is not None and not self.initial:
                self.initial = {
                    "source": last.pk,
                    "kind": last.kind,
                    "opens_at": last.opens_at,
                    "closes_at": last.closes_at,
                    "place": last.place,
                }
        else:
            del self.fields["source"]
        self.helper = helper_of("保存", *self.fields, cancel=cancel)


class StallForm(forms.Form):
    """A stall of the plan, new or there already; its staff is chosen once its body is known."""

    code = forms.CharField(label="摊位号", max_length=8, help_text="例如 A03。")
    zone = forms.ModelChoiceField(label="展区", queryset=Zone.objects.none())
    organization = forms.ModelChoiceField(label="单位", queryset=Organization.objects.none())
    desks = forms.IntegerField(label="席位数", min_value=1, max_value=MOST_DESKS, initial=1)
    row = _step("第几排")
    column = _step("第几列")
    position = forms.CharField(
        label="位置说明", max_length=40, required=False, help_text="写给企业看，例如 一楼东侧。"
    )
    opens_at = _clock("开始时间", required=False, help_text="不填的与大集相同。")
    closes_at = _clock("结束时间", required=False)
    handles = forms.ModelMultipleChoiceField(
        label="办理要素",
        queryset=Factor.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff = forms.ModelMultipleChoiceField(
        label="值守人员", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, fair: Fair, stall: Stall | None = None, cancel: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = fair.zones.order_by("code")
        owners = Organization.objects.active().exclude(kind=Organization.Kind.ENTERPRISE)
        self.fields["organization"].queryset = owners.order_by("kind", "position", "name")
        self.fields["handles"].queryset = Factor.objects.filter(is_active=True).order_by("position")
        if stall is None:
            del self.fields["staff"]
        else:
            self.fields["staff"].queryset = _people_of(stall, fair)
            self.fields["staff"].label_from_instance = lambda person: person.name
            self.fields["staff"].help_text = "当天应到的人；谁坐哪一席，到场就座时定。"
        self.helper = helper_of("加这个摊位" if stall is None else "保存", *self.fields, cancel=cancel)

    def clean(self) -> dict[str, Any]:
        """Ask for both numbers of a spot and both ends of the hours."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for one, other in (
            ("row", "column"),
            ("column", "row"),
            ("opens_at", "closes_at"),
            ("closes_at", "opens_at"),
        ):
            if not self.errors.keys() & {one, other} and cleaned.get(one) and not cleaned.get(other):
                self.add_error(other, f"填了“{self.fields[one].label}”，这一项也要填。")
        return cleaned

    @property
    def plan(self) -> StallPlan:
        """What the form asks for."""
        given = self.cleaned_data
        return StallPlan(
            zone=given["zone"],
            organization=given["organization"],
            code=given["code"],
            desks=given["desks"],
            position=given["position"],
            spot=(given["row"], given["column"]) if given["row"] else None,
            hours=(given["opens_at"], given["closes_at"]) if given["opens_at"] else None,
            handles=list(given["handles"]),
            staff=list(given.get("staff", ())),
        )


def planned(stall: Stall) -> dict[str, Any]:
    """Return what a stall's form begins with."""
    names = ("code", "zone", "organization", "row", "column", "position", "opens_at", "closes_at")
    return {
        **{name: getattr(stall, name) for name in names},
        "desks": len(stall.desks.all()),
        "handles": stall.handles.all(),
        "staff": stall.staff.all(),
    }


def _people_of(stall: Stall, fair: Fair) -> Any:
    day = fair.held_on
    running = stall.organization.memberships.running_on(day).values("user")
    return User.objects.filter(pk__in=running, is_active=True).order_by("name", "pk")


class SourceForm(forms.Form):
    """Which fair's stalls to copy; the newest is offered."""

    source = forms.ModelChoiceField(label="从哪一场复制", queryset=Fair.objects.none(), empty_label=None)

    def __init__(self, *args: Any, fair: Fair, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Fair.objects.exclude(pk=fair.pk).filter(stalls__isnull=False).distinct()
        self.fields["source"].queryset = others.order_by("-held_on", "-pk")
        self.helper = helper_of("复制摊位", "source", action=action)


class FloorForm(forms.Form):
    """Row and column of every zone and every stall; an empty pair puts a stall behind the others."""

    def __init__(self, *args: Any, zones: Iterable[Zone], stalls: Iterable[Stall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones, self.stalls = list(zones), list(stalls)
        for kind, found in (("zone", self.zones), ("stall", self.stalls)):
            for one in found:
                for name, word in (("row", "第几排"), ("column", "第几列")):
                    label = f"{one.name if kind == 'zone' else one.code} {word}"
                    field = forms.IntegerField(
                        label=label,
                        min_value=1,
                        max_value=FARTHEST,
                        required=kind == "zone",
                        initial=getattr(one, name),
                    )
                    field.widget.attrs |= {"class": "form-control form-control-sm", "aria-label": label}
                    self.fields[f"{kind}{one.pk}-{name}"] = field

    def clean(self) -> dict[str, Any]:
        """Ask for both numbers of a spot."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for stall in self.stalls:
            row, column = (cleaned.get(f"stall{stall.pk}-{name}") for name in ("row", "column"))
            if (row is None) != (column is None):
                missing = "row" if row is None else "column"
                if f"stall{stall.pk}-{missing}" not in self.errors:
                    self.add_error(f"stall{stall.pk}-{missing}", "排和列要么都填，要么都不填。")
        return cleaned

    def spots(self, kind: str) -> dict[int, Any]:
        """Return what was typed for the zones or the stalls, by id."""
        found = self.zones if kind == "zone" else self.stalls
        pairs = {
            one.pk: tuple(self.cleaned_data[f"{kind}{one.pk}-{name}"] for name in ("row", "column"))
            for one in found
        }
        return {pk: pair if pair[0] else None for pk, pair in pairs.items()}

    def rows(self, kind: str) -> list[tuple[Any, Any, Any]]:
        """Return each zone or stall with its two fields, for the page."""
        found = self.zones if kind == "zone" else self.stalls
        return [(one, self[f"{kind}{one.pk}-row"], self[f"{kind}{one.pk}-column"]) for one in found]

    def zone_rows(self) -> list[tuple[Any, Any, Any]]:
        """The zones."""
        return self.rows("zone")

    def stall_rows(self) -> list[tuple[Any, Any, Any]]:
        """The stalls."""
        return self.rows("stall")


class SlotsForm(forms.Form):
    """How the day is cut into slots."""

    minutes = forms.IntegerField(label="每段分钟", min_value=SHORTEST, max_value=LONGEST, initial=30)
    per_desk = forms.IntegerField(
        label="每席每段接待",
        min_value=1,
        max_value=20,
        initial=1,
        help_text="家；乘以席位数就是这一段可约的家数。",
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of("生成预约时段", *self.fields, action=action)


class CapacityForm(forms.Form):
    """How many one slot takes."""

    capacity = forms.IntegerField(label="可约家数", min_value=1, max_value=100)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, initial={"capacity": slot.capacity}, **kwargs)
        self.slot = slot
