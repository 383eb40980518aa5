"""How a journey looks at a page: axe at both widths, nothing wider than the screen, one heading."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def axe() -> Axe:
    """The checker, read once."""
    return Axe()


@pytest.fixture
def look(axe: Axe) -> Callable[[Page], None]:
    """Return a function that looks at a page at 1280 and 360 px and fails with what is wrong with it."""

    def violations(page: Page) -> list[dict]:
        page.wait_for_load_state()
        try:
            return axe.run(page).response["violations"]
        except Error:
            # A press does not wait for the page that it leads to: what was being looked at has left. Look at the next.
            page.wait_for_load_state("networkidle")
            return axe.run(page).response["violations"]

    def looked(page: Page) -> None:
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            found = violations(page)
            where = f"{page.url} at {size['width']} px"
            said = [f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]
            assert said == [], where
            assert page.locator("h1").count() == 1, where
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where

    return looked
