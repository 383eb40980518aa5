"""Filing on a phone: two needs with a photo, saved by itself, gone on with on another device, sent, tracked."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from requests_desk.intake import Contact
from requests_desk.models import Attachment, Filing
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
SAVED = "[data-saved][data-state=saved]"


def photo(name: str = "现场照片.jpg") -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "grey").save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def owner():
    """An enterprise that has filed once before: a need for land that is still open, and its contact."""
    made = directory.enterprise("示例电气装备制造股份有限公司")
    earlier = desk.assigned("TD", enterprise=made, contact=Contact("王工", "13800005678"))
    earlier.headline = "二期厂房需要建设用地三十五亩"
    earlier.save(update_fields=["headline"])
    return directory.actor(made, name="企业经办")


def begin_on_the_phone(page: Page, look: Look) -> None:
    """What it said last time is there, so that one click leads to the needs, and one more to each of them."""
    page.goto("/desk/file/")
    look(page)
    assert page.get_by_label("联系电话").input_value() == "13800005678"
    page.get_by_role("button", name="下一步：写需求").click()
    page.get_by_role("button", name="土地", exact=True).click()
    page.get_by_role("button", name="项目审批", exact=True).click()
    page.set_viewport_size({"width": 360, "height": 740})


def write_the_first_need(page: Page, look: Look) -> None:
    need = page.locator("fieldset.need").first
    need.locator("input[name$=headline]").fill("二期厂房新增建设用地三十五亩")
    need.locator("input[name$=quantity]").fill("35.5")
    expect(need.locator(".alike")).to_contain_text("以前报过相近的需求")
    expect(need.get_by_role("button", name="补充到原需求")).to_be_visible()
    need.locator("input[type=file]").set_input_files([photo(), photo("宏.xlsm")])
    expect(need.locator(".paper-list")).to_contain_text("现场照片.jpg")
    expect(need.locator(".papers")).to_contain_text("“宏.xlsm”里可以运行程序")
    expect(page.locator(SAVED)).to_contain_text("已保存")
    assert need.locator("input[name$=headline]").input_value() == "二期厂房新增建设用地三十五亩", (
        "nothing typed is lost"
    )
    look(page)


def go_on_elsewhere(page: Page, look: Look) -> str:
    """Another device tells what is missing, and leads there."""
    page.goto("/desk/mine/")
    expect(page.locator(".drafts")).to_contain_text("第 2 步还缺：需求 1（土地）的具体情况")
    look(page)
    page.get_by_role("link", name="接着填").click()
    first, second = page.locator("fieldset.need").all()
    expect(first.locator(".paper-list")).to_contain_text("现场照片.jpg")
    first.locator("textarea[name$=story]").fill("指标没有落实，希望协调。")
    second.locator("input[name$=headline]").fill("施工许可与消防审查衔接")
    second.locator("textarea[name$=story]").fill("卡在消防审查。")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator("main")).to_contain_text("现场照片.jpg")
    look(page)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申报已提交")
    look(page)
    return page.locator(".next-step strong").inner_text()


def track(page: Page, number: str, look: Look) -> None:
    page.goto("/desk/track/")
    page.get_by_label("申报编号或需求编号").fill(number)
    page.get_by_label("联系电话后四位").fill("5678")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text(f"{number}-2")
    expect(page.locator("body")).not_to_contain_text("示例电气")
    look(page)


def test_a_need_is_filed_on_a_phone_and_finished_on_another_device(owner, open_page, look):
    phone = open_page(owner, width=360, height=740)
    begin_on_the_phone(phone, look)
    write_the_first_need(phone, look)
    number = go_on_elsewhere(open_page(owner), look)
    filing = Filing.objects.get(number=number)
    assert [p.name for p in Attachment.objects.of_request(filing.factor_requests.get(factor__code="TD"))] == [
        "现场照片.jpg"
    ]
    track(open_page(None, width=360, height=740), number, look)
    phone.goto(f"/desk/requests/{number}-1/")
    look(phone)
    with phone.expect_download() as fetched:
        phone.get_by_role("link", name="现场照片.jpg").click()
    assert fetched.value.suggested_filename == "现场照片.jpg"
