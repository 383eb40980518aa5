"""The list of the expected: who is on it, in from a sheet and out to one, and one click to check in."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from fairs import guests, inviting
from fairs.inviting import Line
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Invitation, Visit
from taian_factors.directory.models import FormerName
from taian_factors.lib import clock
from tests.directory import factories as directory
from tests.fairs import factories

pytestmark = pytest.mark.django_db


def invited(hall, *enterprises, at):
    lines = [Line(row, name=one.name) for row, one in enumerate(enterprises, start=2)]
    return inviting.invite(fair=hall.fair, lines=lines, actor=hall.office, at=at)


def names(rows):
    return [one.name for one in rows]


def test_the_list_has_the_invited_and_the_booked_and_its_filters_tell_them_apart(hall, at):
    asked, booked, came = (directory.enterprise(f"示例名单{word}有限公司") for word in "甲乙丙")
    directory.enterprise("示例旁人有限公司")
    invited(hall, asked, came, at=at)
    factories.booked(factories.slot(hall.stall), at=at, enterprise=booked)
    factories.checked_in(hall.fair, at=at, enterprise=came)
    shown = {word: set(names(guests.expected(hall.fair, shown=word))) for word in guests.SHOWN}
    assert shown == {
        "": {asked.name, booked.name, came.name},
        "booked": {booked.name},
        "invited": {asked.name, came.name},
        "absent": {asked.name, booked.name},
        "here": {came.name},
    }
    assert names(guests.expected(hall.fair, stall=hall.stall.pk)) == [booked.name]
    assert names(guests.expected(hall.fair, query="名单丙")) == [came.name]
    assert names(guests.expected(hall.fair, query=asked.profile.credit_code[4:])) == [asked.name]
    assert guests.counts(hall.fair) == {word: len(found) for word, found in shown.items()}


def test_who_has_cancelled_all_is_expected_no_more(hall, at):
    place = factories.booked(factories.slot(hall.stall), at=at)
    place.cancelled_at = at
    place.save()
    assert not guests.expected(hall.fair)


def test_rows_that_name_nobody_come_back_with_their_reason(hall, at):
    known, twin = directory.enterprise("示例代码有限公司"), directory.enterprise("示例双名有限公司")
    directory.enterprise("示例双名有限公司")
    renamed = directory.enterprise("示例新名有限公司")
    FormerName.objects.create(organization=renamed, name="示例旧名有限公司", until_on=at.date())
    lines = [
        Line(2, credit_code=known.profile.credit_code.lower()),
        Line(3, name="示例旧名有限公司"),
        Line(4, name=twin.name),
        Line(5, name="没有这家公司"),
        Line(6, credit_code="123"),
        Line(7, credit_code=directory.credit_code(990002)),
        Line(8, name="别家", credit_code=known.profile.credit_code),
        Line(9),
        Line(10, name=known.name, contact_phone="12"),
        Line(11, name=known.name),
    ]
    came = inviting.invite(fair=hall.fair, lines=lines, actor=hall.office, at=at)
    assert (came.new, came.known) == (2, 1)
    assert set(Invitation.objects.values_list("enterprise", flat=True)) == {known.pk, renamed.pk}
    reasons = {one.line.row: one.reason for one in came.refused}
    said = {
        4: "有 2 家",
        5: "没有这个名称",
        6: "18 位",
        7: "没有这个代码",
        8: "名称不符",
        9: "至少填一项",
        10: "手机号",
    }
    assert reasons.keys() == said.keys()
    assert all(word in reasons[row] for row, word in said.items())


def test_only_the_office_invites_and_only_to_what_is_still_to_come(hall, at, stranger, office_auditor):
    for actor in (hall.clerk, stranger, office_auditor):
        with pytest.raises(ForbiddenError):
            inviting.invite(fair=hall.fair, lines=[], actor=actor, at=at)
    with pytest.raises(WrongStateError):
        invited(hall, at=at + timedelta(days=1))


def uploaded(rows):
    book, target = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return SimpleUploadedFile("邀请.xlsx", target.getvalue())


def test_a_sheet_invites_and_its_refused_rows_come_back_as_a_sheet(today, as_office_clerk):
    known = directory.enterprise("示例邀请有限公司")
    rows = [
        ["第一批邀请"],
        ["企业", "信用代码", "电话", "备注"],
        [known.name, "", "13800001111", "@甲"],
        ["没有的", "", "", "甲"],
    ]
    address = reverse("fairs:invite", args=[today.fair.pk])
    page = as_office_clerk.post(address, {"file": uploaded(rows)})
    assert "没有这个名称" in page.content.decode()
    assert Invitation.objects.get().contact_phone == "13800001111"
    back = as_office_clerk.post(
        reverse("fairs:refused_invitations", args=[today.fair.pk]), {"rows": page.context["token"]}
    )
    sheet = load_workbook(BytesIO(b"".join(back.streaming_content))).active
    assert [cell.value for cell in sheet[1]][-1] == "原因"
    assert (sheet["A2"].value, sheet["F2"].value) == (
        "没有的",
        "名录里没有这个名称，请核对，或先登记这家企业",
    )
    listed = as_office_clerk.get(reverse("fairs:guest_sheet", args=[today.fair.pk]))
    sheet = load_workbook(BytesIO(b"".join(listed.streaming_content))).active
    row = [cell.value for cell in sheet[2]]
    assert (row[0], row[5], row[-1]) == (known.name, "已邀请", "'@甲")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (lambda: uploaded([["序号", "地址"], [1, "二"]]), "没有找到表头"),
        (lambda: uploaded([["企业名称"]]), "没有企业"),
        (lambda: SimpleUploadedFile("甲.pdf", b"%PDF-1.7"), "XLSX"),
        (lambda: None, "请选择"),
    ],
)
def test_what_is_no_sheet_of_enterprises_is_refused_in_a_sentence(file, said, today, as_office_clerk):
    answer = as_office_clerk.post(reverse("fairs:invite", args=[today.fair.pk]), {"file": file() or ""})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_one_click_checks_in_who_is_expected(today, as_office_clerk):
    place = factories.booked(factories.slot(today.stall), at=clock.now())
    enterprise = place.booking.enterprise
    page = as_office_clerk.get(reverse("fairs:guests", args=[today.fair.pk])).content.decode()
    address = reverse("fairs:check_in_guest", args=[today.fair.pk, enterprise.pk])
    assert address in page
    answer = as_office_clerk.post(address)
    visit = Visit.objects.get(enterprise=enterprise)
    assert answer["Location"] == reverse("fairs:visit", args=[visit.pk])
    assert (visit.number, visit.tickets.get().stall) == (place.booking.number, today.stall)
    assert address not in as_office_clerk.get(reverse("fairs:guests", args=[today.fair.pk])).content.decode()


def test_on_another_day_nobody_is_checked_in_from_the_list(hall, at, as_office_clerk):
    owner = factories.booked(factories.slot(hall.stall), at=at).booking.enterprise
    answer = as_office_clerk.post(reverse("fairs:check_in_guest", args=[hall.fair.pk, owner.pk]))
    assert answer.status_code == 409
    assert not Visit.objects.exists()


def test_the_reception_s_form_has_the_booked_stalls_ticked(today, as_office_clerk):
    place = factories.booked(factories.slot(today.stall), at=clock.now())
    address = reverse("fairs:check_in", args=[today.fair.pk, place.booking.enterprise_id])
    page = as_office_clerk.get(address)
    assert page.context["form"]["stalls"].initial == [today.stall]
    assert place.booking.code in page.content.decode()
