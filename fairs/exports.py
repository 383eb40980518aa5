"""The list of the expected as a sheet, and rows that were refused with their reasons; columns are tables."""

from collections.abc import Callable, Iterable
from io import BytesIO

from fairs.guests import Guest
from fairs.inviting import RefusedLine
from taian_factors.lib.sheets import Value, write_sheet

COLUMNS: tuple[tuple[str, int, Callable[[Guest], Value]], ...] = (
    ("企业名称", 36, lambda guest: guest.enterprise.name),
    ("统一社会信用代码", 22, lambda guest: guest.enterprise.profile.credit_code or ""),
    ("县市区", 12, lambda guest: guest.enterprise.profile.division.short),
    ("联系人", 12, lambda guest: guest.contact[0]),
    ("联系电话", 16, lambda guest: guest.contact[1]),
    ("邀请", 8, lambda guest: "已邀请" if guest.invitation else ""),
    ("号码", 8, lambda guest: guest.number),
    ("预约码", 14, lambda guest: guest.booking.code if guest.booking else ""),
    ("预约时段", 40, lambda guest: "；".join(str(place) for place in guest.places)),
    ("签到时间", 18, lambda guest: guest.visit.checked_in_at if guest.visit else None),
    ("备注", 24, lambda guest: guest.invitation.note if guest.invitation else ""),
)
# What a sheet of invitations has; it is also how refused rows come back, with one column more.
INVITING = ("企业名称", "统一社会信用代码", "联系人", "联系电话", "备注")
EXAMPLES = (
    ("示例装备有限公司", "", "示例联系人", "13800000000", "重点项目"),
    ("", "（18 位代码，只填代码也可以）", "", "", ""),
)


def guest_sheet(guests: Iterable[Guest]) -> BytesIO:
    """Write the list of the expected."""
    headings, widths, getters = zip(*COLUMNS, strict=True)
    rows = ([getter(guest) for getter in getters] for guest in guests)
    return _written("应到名单", headings, rows, widths)


def invitation_template() -> BytesIO:
    """Write an empty sheet for invitations, with examples."""
    return _written("邀请名单", INVITING, EXAMPLES, (36, 30, 14, 16, 24))


def refused_sheet(refused: Iterable[RefusedLine]) -> BytesIO:
    """Write the rows that invited nobody as they came, with the reason in a new column."""
    rows = (
        (
            one.line.name,
            one.line.credit_code,
            one.line.contact_name,
            one.line.contact_phone,
            one.line.note,
            one.reason,
        )
        for one in refused
    )
    return _written("未收下的行", (*INVITING, "原因"), rows, (36, 24, 14, 16, 24, 44))


def _written(title: str, headings: Iterable[str], rows: Iterable, widths: Iterable[int]) -> BytesIO:
    target = BytesIO()
    write_sheet(target, title=title, headings=list(headings), rows=rows, widths=list(widths))
    target.seek(0)
    return target
