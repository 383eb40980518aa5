"""Fairness, call-backs, history in and the reasons of a score, looked at with real data and with none."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from requests_desk import drawing, transitions
from requests_desk.models import ListedNetwork
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.requests_desk import factories as desk
from tests.scoring.factories import completed, excluded, moment, published, reviewed, worked_example
from tests.scoring.test_history_pages import FILES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
JUNE = Period.parse("2023-06")


def test_a_lead_watches_over_a_month(open_page, look: Look):
    lead = directory.actor("GTB", "lead", name="推进办负责人")
    page = open_page(lead)
    page.goto("/scoring/fairness/")
    look(page)
    for _ in range(3):
        made = desk.assigned()
        due = made.assignments.get().reply_due_at
        transitions.reassign(
            made,
            lead=directory.body("STJ"),
            reason="职责不符",
            actor=desk.office(),
            at=due - timedelta(hours=2),
        )
        desk.completed()
        reviewed(completed("ZGJ"), is_historic=False, first_submitted_at=moment("2023-06-21"))
    excluded(assignment=completed("ZGJ"))
    ListedNetwork.objects.create(cidr="127.0.0.0/8", organization=directory.body("ZGJ"))
    worked_example("ZGJ")
    published(Period.parse("2023-05"), lead)
    published(JUNE, lead)
    drawing.draw_call_backs(at=moment("2023-06-30"), wins=lambda: True)
    page.goto("/scoring/fairness/?period=2023-06")
    page.locator("details summary", has_text="逐条查看").click()
    look(page)
    page.get_by_role("link", name="待回访的办结").click()
    look(page)
    page.goto("/scoring/why/2023-06/ZGJ/")
    expect(page.get_by_role("img", name="各月总分走势")).to_be_visible()
    assert page.evaluate("document.querySelector('.chart img').naturalWidth") > 0
    look(page)
    page.goto("/scoring/?period=2023-06")
    look(page)


def test_the_office_takes_a_past_ledger_over(open_page, look: Look):
    page = open_page(directory.actor("GTB", name="推进办经办"))
    page.goto("/scoring/history/")
    look(page)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page)
    for name, text in {
        **FILES,
        "duties": "department,title,due_on,result\nXXX,例会,2023-05-31,on_time\n",
    }.items():
        file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.locator(f"input[name={name}]").set_input_files(file)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.get_by_text("没有导入任何内容").first).to_be_visible()
    look(page)
