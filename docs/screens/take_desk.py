"""Takes the pictures of the editing desk from a running app on a copy of the demo: python docs/screens/take_desk.py

Needs Chromium and playwright; the pictures go beside this file. Two people edit, each at a server of their own on the
same workspace. The imagery is the demo's own elevation model, shaded: no picture from the air is invented.
"""

from __future__ import annotations

import io
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import rasterio
import yaml
from PIL import Image

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from gisapp.app.storing import LOCAL  # noqa: E402
from tests.browsing import PATIENCE_MS, launched, serving, visiting  # noqa: E402
from tests.edited import copy_workspace  # noqa: E402
from tests.planner import Planner  # noqa: E402

SIZE = {"width": 1440, "height": 900}
COLOURS = 256
STILL_MS = 1_000
FREE = "320116007119GB00017"
"""Code of a parcel without a register entry that shares a corner with two others (JB005371)."""
BESIDE = "320116007119GB00018"
"""Code of one of the two (JB005372)."""
OTHER = "320116007119GB00016"
"""Code of the other (JB005370)."""
ASIDE = (720, 890)
"""Where the mouse points at nothing [px]."""
BOTTOM_LINE = "320111003106GB00004"
"""Code of a parcel that takes permanent basic farmland (JB001716)."""
REGISTERED = "320111003086GB00015"
"""Code of a registered factory site in a park."""


def settle(page):
    """Wait until two pictures in a row are the same."""
    before = b""
    for _ in range(30):
        page.wait_for_timeout(STILL_MS)
        now = page.screenshot()
        if now == before:
            return
        before = now


def keep(page, name):
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # Rare colours (a verdict, a red line) count as much as the paper of the map.
    small = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    small.save(HERE / f"desk-{name}.png", optimize=True)
    print(name, (HERE / f"desk-{name}.png").stat().st_size // 1000, "kB")


def shade(folder):
    """Write the demo's elevation as a shaded relief, and enter it as imagery in the copy's catalog."""
    with rasterio.open(folder / "layers" / "data" / "elevation.tif") as source:
        height, profile = source.read(1, masked=True).filled(np.nan), source.profile
    rows, columns = np.gradient(np.nan_to_num(height))
    light = np.clip(150 + 18 * (rows - columns), 40, 235)
    green = np.clip(light + 8 - np.nan_to_num(height) * 0.2, 30, 240)
    bands = np.stack([light, green, light - 14]).clip(0, 255).astype("uint8")
    profile |= {"driver": "COG", "count": 3, "dtype": "uint8", "nodata": None}
    for option in ("tiled", "blockxsize", "blockysize", "interleave", "predictor", "photometric"):
        profile.pop(option, None)
    with rasterio.open(folder / "layers" / "data" / "relief.tif", "w", **profile) as target:
        target.write(bands)
    path = folder / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    catalog["imagery"] = [
        {
            "id": "relief",
            "title": {"zh": "地形晕渲（示例高程）", "en": "Shaded relief (demo elevation)"},
            "kind": "cog",
            "source": "data/relief.tif",
            "authority": "由示例数据计算",
            "licence": "Apache-2.0",
            "max_zoom": 18,
        }
    ]
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True, sort_keys=False), encoding="utf-8")


def begin(planner, code):
    planner.search(code)
    planner.wait_for_card(code)
    planner.press("e")
    planner.wait_for_handles()


def hold(planner, corner, share):
    """Drag a corner inward and keep the button down; return once the numbers are there."""
    start, end = planner.inward(corner, share)
    planner.page.mouse.move(*start)
    planner.page.mouse.down()
    planner.page.mouse.move(*end, steps=10)
    planner.numbers()


def shared_corner(planner):
    """Return the corner of the parcel in hand that most parcels share."""
    answer = planner.visit.get("/edit/fabric", branch="official", parcel_id=planner.selected)
    places = [
        f"{x},{y}"
        for parcel in answer["parcels"]
        for rings in parcel["polygons"]
        for ring in rings
        for x, y in {(point[0], point[1]) for point in ring}
    ]
    return max(planner.corners(), key=places.count)


class Photographer(Planner):
    """A planner who stops for pictures."""

    selected = ""

    def shot(self, name):
        keep(self.page, name)


def move_and_split(planner):
    planner.selected = "JB005371"
    planner.page.locator("gis-tools select").first.select_option("redevelopment")
    planner.search(FREE)
    planner.wait_for_card(FREE)
    planner.shot("select")
    planner.press("e")
    planner.wait_for_handles()
    planner.shot("edit")
    hold(planner, shared_corner(planner), 0.16)
    planner.shot("drag")
    planner.page.mouse.up()
    planner.page.locator("gis-edit .steps", has_text="草稿已存").wait_for(timeout=PATIENCE_MS)
    planner.reload()
    planner.page.locator(".banner").wait_for(timeout=PATIENCE_MS)
    planner.shot("draft")
    planner.click("#resume")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    planner.numbers()
    planner.save()
    planner.wait_for_card(FREE)
    planner.press("e")
    planner.wait_for_handles()
    planner.press("a")
    planner.page.locator("gis-edit #area:focus").wait_for(timeout=PATIENCE_MS)
    planner.page.keyboard.type("3.50")
    planner.numbers()
    planner.shot("split")
    planner.press("Enter")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    planner.numbers()
    planner.save()


def look_back(planner):
    planner.page.locator("gis-card #edit").wait_for(timeout=PATIENCE_MS)
    planner.press("h")
    planner.page.locator("gis-drawer [role=tab]", has_text="沿革").click(timeout=PATIENCE_MS)
    planner.page.locator("gis-lineage").wait_for(timeout=PATIENCE_MS)
    planner.shot("lineage")
    planner.press("h")
    planner.search(BESIDE)
    planner.wait_for_card(BESIDE)
    planner.press("h")
    planner.page.locator("gis-drawer li.entry button.face").first.click(timeout=PATIENCE_MS)
    planner.shot("history")
    planner.press("Escape")
    planner.click("gis-review-chips button", has_text="时点")
    yesterday = (datetime.now(LOCAL) - timedelta(days=1)).date().isoformat()
    planner.fill("gis-asof input[type=date]", yesterday)
    planner.page.locator("gis-review-strip .band", has_text="只读").wait_for(timeout=PATIENCE_MS)
    planner.shot("asof")
    planner.click("gis-review-strip .band button", has_text="回到当前")
    planner.click("gis-review-chips button", has_text="时点")


def scheme(planner):
    """A registered parcel goes to a scheme; the balance table follows each step."""
    planner.search(REGISTERED)
    planner.wait_for_card(REGISTERED)
    planner.press("e")
    planner.wait_for_handles()
    planner.press("t")
    planner.page.locator("gis-edit .fields [name=use_code]").wait_for(timeout=PATIENCE_MS)
    field = planner.page.locator("gis-edit .fields [name=use_code]")
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option("0901")
    else:
        field.fill("0901")
    planner.page.locator("gis-edit form button.primary", has_text="应用").click()
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    planner.numbers()
    planner.click("gis-review-chips button", has_text="平衡表")
    planner.click("gis-balance button.chip", has_text="所选地块")
    planner.page.locator("gis-balance td", has_text="0901").wait_for(timeout=PATIENCE_MS)
    planner.shot("balance")
    planner.click("gis-review-chips button", has_text="平衡表")
    planner.click("gis-edit #save")
    planner.wait_for_dialog()
    planner.page.keyboard.type("详规动态维护，改为商业")
    planner.shot("reason")
    planner.press("Enter")
    planner.wait_for_toast("已保存为版本")
    planner.page.locator("gis-review-strip .band.scheme").wait_for(timeout=PATIENCE_MS)
    planner.wait_for_card(REGISTERED)
    planner.shot("scheme")
    planner.click("gis-review-strip .band.scheme button")


def conflict(mine, theirs):
    for planner, share in ((theirs, 0.1), (mine, 0.22)):
        planner.selected = "JB005372"
        begin(planner, BESIDE)
        hold(planner, shared_corner(planner), share)
        planner.page.mouse.up()
        planner.numbers()
    theirs.save()
    mine.press("Enter")
    mine.wait_for_dialog()
    mine.press("Enter")
    mine.page.locator("gis-edit section.conflict").wait_for(timeout=PATIENCE_MS)
    mine.click("gis-edit button[data-choice=mine]")
    mine.shot("conflict")
    mine.press("Escape")
    mine.click("gis-edit #discard")
    mine.page.locator("gis-card #edit").wait_for(timeout=PATIENCE_MS)


def site(planner):
    """A red line about a parcel and what lies around it."""
    planner.search(BOTTOM_LINE)
    planner.wait_for_card(BOTTOM_LINE)
    settle(planner.page)
    planner.click("gis-review-chips button", has_text="红线套合")
    planner.click("gis-site button", has_text="画红线")
    for x, y in ((560, 330), (820, 300), (900, 560), (610, 600)):
        planner.page.mouse.click(x, y)
    planner.press("Enter")
    planner.page.locator("gis-site .sum").wait_for(timeout=PATIENCE_MS)
    planner.click("gis-site .topic summary", has_text="永久基本农田")
    planner.page.mouse.move(*ASIDE)
    planner.shot("site")
    planner.press("Escape")


def imagery(planner):
    planner.click("gis-imagery .face")
    planner.click("gis-imagery label.pick", has_text="地形晕渲")
    planner.click("gis-imagery .face")
    begin(planner, OTHER)
    planner.shot("imagery")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_workspace(ROOT, folder)
        shade(folder)
        look = {"viewport": SIZE, "reduced_motion": "reduce", "locale": "zh-CN"}
        with (
            serving(folder, GISAPP_USER="王工") as one,
            serving(folder, GISAPP_USER="李工") as other,
            launched() as chromium,
            visiting(chromium, one, **look) as mine,
        ):
            planner = Photographer(mine)
            planner.open()
            move_and_split(planner)
            look_back(planner)
            scheme(planner)
            with visiting(chromium, other, **look) as theirs:
                second = Photographer(theirs)
                second.open()
                conflict(planner, second)
            site(planner)
            imagery(planner)


if __name__ == "__main__":
    main()
