"""A planner at the desk (规划师): does what a person does with mouse and keyboard, and counts it.

One action is one thing that a person would name: typing a text and confirming it with Enter, pressing a key, a click,
or a drag. Looking and waiting are none.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
import shapely

from tests.browsing import PATIENCE_MS, Visit

STEPS = 8
"""Places that the mouse passes on a drag."""


@dataclass
class Planner:
    """One person at one tab of the desk."""

    visit: Visit
    actions: int = 0

    @property
    def page(self):
        return self.visit.page

    @property
    def panel(self):
        """The panel of the running edit."""
        return self.page.locator("gis-edit article.panel")

    # What is counted

    def search(self, code):
        """Type a parcel code into the search box and press Enter."""
        self.actions += 1
        self.visit.find(code)

    def press(self, key):
        self.actions += 1
        self.page.keyboard.press(key)

    def enter(self, text):
        """Type a text where the cursor stands and press Enter."""
        self.actions += 1
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def fill(self, selector, text):
        """Write a text into a field."""
        self.actions += 1
        self.page.locator(selector).fill(text, timeout=PATIENCE_MS)

    def click(self, selector, **how):
        self.actions += 1
        self.page.locator(selector, **how).first.click(timeout=PATIENCE_MS)

    def drag(self, start, end):
        """Drag from one pixel to another; return what the panel says while the button is still down."""
        self.actions += 1
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=STEPS)
        held = self.numbers()
        mouse.up()
        return held

    # What is not

    def open(self, path="/"):
        self.visit.open(path)
        self.page.locator("gis-desk gis-map canvas").wait_for(timeout=PATIENCE_MS)
        self.page.locator("gis-desk gis-rank .chip, gis-desk gis-rank button").first.wait_for(
            timeout=PATIENCE_MS
        )

    def reload(self):
        self.page.reload()
        self.page.locator("gis-desk gis-map canvas").wait_for(timeout=PATIENCE_MS)

    def wait_for_card(self, words):
        """Wait until the card shows these words and can be edited from."""
        self.page.locator("gis-card article", has_text=words).wait_for(timeout=PATIENCE_MS)
        self.page.locator("gis-card #edit").wait_for(timeout=PATIENCE_MS)

    def wait_for_handles(self):
        """Wait until the corners can be grabbed and the map stands still."""
        self.page.locator("gis-sketch:not([moving]) circle.main").first.wait_for(timeout=PATIENCE_MS)

    def numbers(self):
        """Wait for the numbers of the preview and return the words of the panel."""
        self.page.locator("gis-edit [data-fit]").wait_for(timeout=PATIENCE_MS)
        self.page.locator("gis-edit .fit .ms", has_text=" ms").wait_for(timeout=PATIENCE_MS)
        return self.panel.inner_text()

    def wait_for_dialog(self):
        self.page.locator("gis-edit #why").wait_for(timeout=PATIENCE_MS)

    def wait_for_toast(self, words):
        toast = self.page.locator("gis-toast .toast", has_text=words)
        toast.wait_for(timeout=PATIENCE_MS)
        return toast.inner_text()

    def corners(self):
        """Return the corners of the parcel in hand: exact coordinates as drawn -> pixel."""
        found = self.page.locator("gis-sketch circle.main").evaluate_all(
            "all => all.map((e) => { const b = e.getBoundingClientRect(); return [e.dataset.at, (b.left + b.right) / 2, (b.top + b.bottom) / 2] })"
        )
        return {at: (x, y) for at, x, y in found}

    def inward(self, at, share=0.2):
        """Return the pixel of a corner, and one that lies `share` of the way to the middle of the parcel."""
        corners = self.corners()
        x, y = corners[at]
        middle = [sum(axis) / len(corners) for axis in zip(*corners.values(), strict=True)]
        return (x, y), (x + share * (middle[0] - x), y + share * (middle[1] - y))

    def move(self, at, share=0.2):
        """Drag a corner towards the middle of the parcel."""
        return self.drag(*self.inward(at, share))

    def begin(self, code):
        """Find a parcel and begin to edit it: two actions."""
        self.search(code)
        self.wait_for_card(code)
        self.press("e")
        self.wait_for_handles()

    def save(self):
        """Ask to save and confirm the reason as offered: two actions. Return what is said then."""
        self.press("Enter")
        self.wait_for_dialog()
        self.press("Enter")
        return self.wait_for_toast("已保存为版本")

    # What the server says

    def state(self, branch="official"):
        return self.visit.get("/edit/state", branch=branch)

    def outlines(self, parcel_id, branch="official"):
        """Return exact outlines of a parcel and its surroundings, by id."""
        answer = self.visit.get("/edit/fabric", branch=branch, parcel_id=parcel_id)
        return {parcel["parcel_id"]: outline(parcel["polygons"]) for parcel in answer["parcels"]}

    def newest(self, branch="official"):
        """Return the newest revision of a branch."""
        return self.visit.get("/edit/log", branch=branch, limit=1)["revisions"][0]

    def until(self, condition, what):
        """Wait until a question to the server has the answer hoped for."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < deadline:
            if condition():
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"never came: {what}")


def outline(polygons):
    """Return the exact outline of a parcel as the fabric route hands it out."""
    rings = [[[(corner[0], corner[1]) for corner in ring] for ring in polygon] for polygon in polygons]
    return shapely.MultiPolygon([shapely.Polygon(shell, holes) for shell, *holes in rings])


def name_of(at):
    """Return a corner as the page writes it."""
    return ",".join(repr(value).removesuffix(".0") for value in at)
