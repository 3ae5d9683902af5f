"""The site check drawn on the desk, in a real browser: a red line by clicks, a parcel by its own outline, the files."""

from __future__ import annotations

import io

import openpyxl
import pytest
import shapely

from gisapp.app.sitecheck import check_site
from gisapp.evaluation.explain import explain
from gisapp.io.redline import redline_of
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.planner import Planner

pytestmark = pytest.mark.browser

DRAWN_PX = 12
"""How far outside the parcel's box the red line is drawn."""


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(demo):
    with serving(demo.root) as where:
        yield where


@pytest.fixture(scope="module")
def taking(demo):
    """A parcel that takes permanent basic farmland, by its own outline: its row, the check of it."""
    context = demo.context()
    farmland = shapely.union_all(context.frame("farmland").geometry.to_numpy())
    for _, row in demo.parcels[demo.parcels.intersects(farmland)].iterrows():
        found = check_site(demo, redline_of(row.geometry, crs=context.crs, name=row["name"]))
        if found.topic("farmland").finding == "taken":
            return row, found
    pytest.fail("the demo has no such parcel any more")


@pytest.fixture
def planner(chromium, address):
    with visiting(chromium, address, reduced_motion="reduce") as visit:
        one = Planner(visit)
        one.open()
        yield one


def corners_on_screen(planner, bounds):
    """Return where the window shows the corners of a box about a parcel."""
    x0, y0, x1, y1 = bounds
    found = planner.page.locator("gis-desk gis-map").evaluate(
        """(element, places) => places.map((at) => {
          const { x, y } = element.map.project(at), box = element.map.getCanvas().getBoundingClientRect()
          return [box.left + x, box.top + y]
        })""",
        [[x0, y1], [x1, y1], [x1, y0], [x0, y0]],
    )
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return [(x + DRAWN_PX * a, y + DRAWN_PX * b) for (x, y), (a, b) in zip(found, signs, strict=True)]


def select(planner, row):
    planner.search(row["parcel_code"])
    planner.wait_for_card(row["parcel_code"])
    # Until it is loaded the map does not know yet what the panels cover, and moves once it does.
    planner.page.locator("gis-tools .spin").wait_for(state="detached", timeout=PATIENCE_MS)
    planner.page.locator("gis-desk gis-map").evaluate(
        "e => new Promise((done) => e.map.isMoving() ? e.map.once('moveend', done) : done())"
    )


def download(planner, words):
    with planner.page.expect_download(timeout=PATIENCE_MS) as waiting:
        planner.click("gis-site .foot button", has_text=words)
    return waiting.value.path().read_bytes()


def dense(text):
    """Return a text without spaces, thin ones too, which server and page put at other places."""
    return "".join(text.split())


def test_a_parcel_is_checked_by_its_own_outline_and_its_bottom_line_is_an_alarm(planner, taking):
    row, expected = taking
    select(planner, row)
    planner.click("gis-review-chips button", has_text="红线套合")
    planner.click("gis-site button", has_text="用所选地块")
    topic = planner.page.locator("gis-site [data-topic=farmland]")
    topic.wait_for(timeout=PATIENCE_MS)
    assert topic.get_attribute("data-tone") == "alarm"
    said = topic.inner_text()
    assert expected.topic("farmland").headline in said
    assert "压占" in said
    assert planner.page.locator("gis-site [data-topic=rail_distance]").get_attribute("data-tone") == "gap"
    topic.locator("summary").click()
    for citation in expected.topic("farmland").citations:
        assert citation.clause_title in topic.inner_text()
    assert expected.site_id[:12] in planner.page.locator("gis-site .sum").inner_text()
    book = openpyxl.load_workbook(io.BytesIO(download(planner, "XLSX")))
    assert "压占分析表" in book.sheetnames
    page = download(planner, "HTML").decode("utf-8")
    assert page.startswith("<!doctype html>")
    assert expected.site_id[:12] in page
    planner.visit.assert_clean()


def test_a_red_line_is_drawn_by_clicks_and_lists_the_parcels_and_gaps(planner, taking):
    row, _ = taking
    select(planner, row)
    # The outline in degrees of the card's own answer says where the parcel is on the screen.
    card = planner.visit.get(f"/parcel/{row['parcel_id']}")
    planner.click("gis-review-chips button", has_text="红线套合")
    planner.click("gis-site button", has_text="画红线")
    planner.page.locator("gis-site [role=status]", has_text="已画 0 点").wait_for(timeout=PATIENCE_MS)
    places = corners_on_screen(planner, card["bbox"])
    asked = []
    planner.page.on(
        "request", lambda request: asked.append(request) if "/api/site-check" in request.url else None
    )
    for count, place in enumerate(places, start=1):
        planner.page.mouse.click(*place)
        planner.page.locator("gis-site [role=status]", has_text=f"已画 {count} 点").wait_for(
            timeout=PATIENCE_MS
        )
    assert asked == []
    planner.press("Enter")
    planner.page.locator("gis-site .sum").wait_for(timeout=PATIENCE_MS)
    (request,) = asked
    body = request.post_data_json
    assert body["crs"] == "EPSG:4490"
    assert any(path.startswith(f"/api/tiles/{body['version']}/") for _, path in planner.visit.asked)
    (ring,) = body["polygons"][0]
    assert len(ring) == len(places)
    found = request.response().json()
    x0, y0, x1, y1 = card["bbox"]
    assert shapely.Polygon(ring).contains(shapely.box(x0, y0, x1, y1))
    assert row["parcel_id"] in {parcel["parcel_id"] for parcel in found["parcels"]}
    names = planner.page.locator("gis-site .parcel").all_inner_texts()
    assert len(names) == len(found["parcels"])
    gaps = planner.page.locator("gis-site .gaps li").all_inner_texts()
    assert gaps == found["gaps"]
    assert gaps
    other = next(p for p in found["parcels"] if p["parcel_id"] != row["parcel_id"])
    planner.click("gis-site .parcel", has_text=other["parcel_code"])
    planner.page.locator("gis-site .parcel[aria-pressed=true]", has_text=other["parcel_code"]).wait_for(
        timeout=PATIENCE_MS
    )
    assert not any(method == "POST" and path.startswith("/api/edit/") for method, path in planner.visit.asked)
    planner.press("Escape")
    planner.wait_for_card(other["parcel_code"])
    planner.visit.assert_clean()


def test_escape_puts_the_pen_away_and_the_map_selects_again(planner, taking):
    row, _ = taking
    select(planner, row)
    planner.click("gis-review-chips button", has_text="红线套合")
    planner.click("gis-site button", has_text="画红线")
    planner.page.locator("gis-site [role=status]", has_text="已画 0 点").wait_for(timeout=PATIENCE_MS)
    planner.press("Escape")
    planner.page.locator("gis-site button", has_text="画红线").wait_for(timeout=PATIENCE_MS)
    planner.press("Escape")
    planner.wait_for_card(row["parcel_code"])
    planner.visit.assert_clean()


def test_the_card_says_how_sure_the_rank_is_and_what_it_would_take(planner, demo):
    evaluation = demo.evaluate("redevelopment")
    ranked = evaluation.parcels.dropna(subset=["rank"]).sort_values("rank")
    steps = {id_: demo.would_take(id_, "redevelopment") for id_ in ranked["parcel_id"].head(40)}
    parcel_id = next(id_ for id_, answer in steps.items() if answer.alone)
    row = demo.parcels.set_index("parcel_id").loc[parcel_id]
    planner.page.locator("gis-tools select").first.select_option("redevelopment")
    planner.search(row["parcel_code"])
    planner.wait_for_card(row["parcel_code"])
    why = explain(evaluation, parcel_id)
    assert dense(why.stability_text) in dense(planner.page.locator("gis-card .band").inner_text())
    route = f"/api/parcel/{parcel_id}/would-take"
    assert ("GET", route) not in planner.visit.asked
    planner.click("gis-would summary")
    planner.page.locator("gis-would li").first.wait_for(timeout=PATIENCE_MS)
    assert ("GET", route) in planner.visit.asked
    shown = planner.page.locator("gis-would .body").inner_text()
    for step in steps[parcel_id].alone:
        assert step.text in shown
        assert step.who in shown
    planner.visit.assert_clean()
