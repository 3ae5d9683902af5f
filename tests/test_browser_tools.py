"""More tools of the desk in a real browser: new land, a road corridor, a merge, the balance table, pictures of a WMTS."""

from __future__ import annotations

import io
import json
import urllib.error
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import numpy as np
import openpyxl
import pyproj
import pytest
import shapely
import yaml
from PIL import Image

from gisapp.app.editing.policy import registered
from gisapp.app.storing import existing_store
from gisapp.crs import ellipsoidal_area
from gisapp.tiles.grid import tile_at
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.edited import copy_workspace, meeting_corner, put_back
from tests.planner import Planner

pytestmark = pytest.mark.browser

PLANE_M2 = 1e-6
ROUNDING_M2 = 0.5
"""New corners are rounded to a millimetre: an outline of some hundred metres may differ by so much."""
IDENTITY = {"parcel_id", "parcel_code", "bdcdyh"}
OUT_M, CLEAR_M = 20.0, 40.0
ROAD_M = 12.0
RED, BLUE = (230, 20, 20), (20, 20, 230)
KEY = "geheim-4711"


class Wmts:
    """A small WMTS on 127.0.0.1: red and blue tiles like a chess board, and a note of what it was asked."""

    def __init__(self):
        self.asked = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                service.asked.append(query)
                body = service.picture(query)
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_port}"
        self.thread = Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    @staticmethod
    def picture(query):
        even = (int(query["TILECOL"]) + int(query["TILEROW"])) % 2 == 0
        out = io.BytesIO()
        Image.new("RGB", (256, 256), RED if even else BLUE).save(out, "PNG")
        return out.getvalue()

    def entry(self, name):
        """Return the entry of this service in the catalogue of layers."""
        return {
            "id": name,
            "title": {"zh": f"影像 {name}"},
            "kind": "wmts",
            "source": f"http://{self.host}/wmts?tk={KEY}",
            "crs": "EPSG:3857",
            "layer": "img",
            "matrix_set": "w",
            "style": "default",
            "format": "tiles",
            "authority": "测试",
            "licence": "测试",
            "min_zoom": 1,
            "max_zoom": 18,
        }

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def services():
    """Two services; the administrator of our server has named the first."""
    both = Wmts(), Wmts()
    yield both
    for service in both:
        service.close()


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory, services):
    """A copy of the demo workspace that may be edited, with both services in its catalogue."""
    made = copy_workspace(root, tmp_path_factory.mktemp("tools"))
    path = made / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    catalog["imagery"] = [
        service.entry(name) for service, name in zip(services, ("named", "other"), strict=True)
    ]
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def address(folder, services, chromium):
    with serving(folder, GISAPP_WMTS_ALLOW=services[0].host) as where:
        yield where


@pytest.fixture
def planner(chromium, address, folder):
    """One person at the desk; afterwards nothing of the test is left in the store."""
    with ExitStack() as stack:
        one = Planner(stack.enter_context(visiting(chromium, address, reduced_motion="reduce")))
        one.open()
        yield one
    put_back(folder)


@pytest.fixture(scope="module")
def free(demo):
    """The parcels that no register holds."""
    values = demo.parcels.drop(columns="geometry").to_dict("records")
    return demo.parcels[[not registered(row) for row in values]]


@pytest.fixture(scope="module")
def to_degrees(demo):
    turn = pyproj.Transformer.from_crs(demo.parcels.crs, "EPSG:4490", always_xy=True)
    return lambda point: turn.transform(*map(float, point))


def saved(folder, planner, branch="official"):
    """Return the newest revision of a branch as the store on the disk has it, changes and all."""
    store = existing_store(folder)
    try:
        assert store.verify() == []
        recorded = store.show(store.head(branch))
    finally:
        store.close()
    assert recorded.revision.number == planner.newest(branch)["revision"]
    return recorded


def rows_of(recorded):
    """Return what a revision took away and what it made, by id."""
    gone = {change.parcel_id: change.before for change in recorded.changes if change.before is not None}
    made = {change.parcel_id: change.after for change in recorded.changes if change.after is not None}
    return gone, made


def untouched(folder, recorded):
    """Assert that no other parcel has changed by a bit."""
    store = existing_store(folder)
    try:
        number = recorded.revision.number
        before, after = (
            {row.parcel_id: row.hash for row in store.read("official", n).rows} for n in (number - 1, number)
        )
    finally:
        store.close()
    touched = {change.parcel_id for change in recorded.changes}
    assert {id_: digest for id_, digest in before.items() if id_ not in touched} == {
        id_: digest for id_, digest in after.items() if id_ not in touched
    }


def pixel(planner, degrees):
    """Return where the window shows a place."""
    return planner.page.locator("gis-desk gis-map").evaluate(
        """(element, at) => {
          const { x, y } = element.map.project(at), box = element.map.getCanvas().getBoundingClientRect()
          return [box.left + x, box.top + y]
        }""",
        list(degrees),
    )


def click_at(planner, place, **how):
    """Move the mouse to a place on the map and click: one action."""
    planner.actions += 1
    planner.page.mouse.move(*place)
    planner.page.mouse.click(*place, **how)


def step_back(planner):
    """Zoom out by one level, and wait until the map stands: one action."""
    view = planner.page.locator("gis-desk gis-map")
    before = view.evaluate("element => element.map.getZoom()")
    planner.click("gis-tools button[aria-label='缩小']")
    there = "(element, zoom) => element.map.getZoom() < zoom && !element.map.isMoving()"
    planner.until(lambda: view.evaluate(there, before - 0.9), "the map further away")
    planner.page.locator("gis-sketch:not([moving])").wait_for(state="attached", timeout=PATIENCE_MS)


def wait_for_pen(planner, count):
    planner.page.locator("gis-sketch circle.pen").nth(count - 1).wait_for(timeout=PATIENCE_MS)


def wait_for_steps(planner, count):
    planner.page.locator("gis-edit .steps", has_text=f"{count} 步").wait_for(timeout=PATIENCE_MS)


def save_with(planner, why, document="", code=None):
    """Save with a reason in words; return what is said then."""
    planner.press("Enter")
    planner.wait_for_dialog()
    if code:
        planner.actions += 1
        planner.page.locator("gis-edit #reason").select_option(code)
    planner.fill("gis-edit #why", why)
    if document:
        planner.fill("gis-edit #document", document)
    planner.click("gis-edit #commit")
    return planner.wait_for_toast("已保存为版本")


@pytest.fixture(scope="module")
def street(demo, free):
    """A parcel with a straight side at a street: its code and id, the ends of the side, and the outward direction."""
    shapes = demo.parcels.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    for row in free.itertuples():
        west, south, east, north = row.geometry.bounds
        if row.geometry.geom_type != "Polygon" or max(east - west, north - south) > 220:
            continue
        for a, b in pairwise(shapely.get_coordinates(shapely.normalize(row.geometry).exterior)):
            along = b - a
            length = float(np.hypot(*along))
            if not 50 < length < 150:
                continue
            out = np.array([-along[1], along[0]]) / length  # rings of `normalize` run clockwise
            margin = along / length * CLEAR_M
            beside = [a + out * 0.01, b + out * 0.01]
            far = [b + margin + out * CLEAR_M, a - margin + out * CLEAR_M]
            if tree.query(shapely.Polygon([*beside, *far]), predicate="intersects").size == 0:
                return row.parcel_code, row.parcel_id, a, b, out
    pytest.fail("the demo has no such side any more")


def test_new_land_is_drawn_by_pen_once_the_extent_may_grow(planner, folder, street, to_degrees):
    code, parcel_id, a, b, out = street
    planner.begin(code)
    neighbour = planner.outlines(parcel_id)[parcel_id]
    step_back(planner)
    planner.press("n")
    corners = [a, b, b + OUT_M * out, a + OUT_M * out]
    for k, corner in enumerate(corners):
        click_at(planner, pixel(planner, to_degrees(corner)))
        wait_for_pen(planner, k + 1)
    planner.fill("gis-edit input[placeholder='100101']", "1401")
    # Land outside the fabric is refused as long as that is not meant.
    planner.page.locator("gis-edit .findings li[data-severity=error]", has_text="范围").wait_for(
        timeout=PATIENCE_MS
    )
    planner.click("gis-edit #extend")
    planner.page.locator("gis-edit .fit.good").wait_for(timeout=PATIENCE_MS)
    planner.click("gis-edit form button.primary", has_text="新增")
    wait_for_steps(planner, 1)
    save_with(planner, "街旁绿地补绘", "宁规〔2026〕12号", code="plan")
    assert planner.actions == 16
    recorded = saved(folder, planner)
    gone, made = rows_of(recorded)
    assert gone == {}
    (row,) = made.values()
    assert row.values["use_code"] == "1401"
    reason = recorded.revision.reason
    assert (reason.code, reason.text, reason.document) == ("plan", "街旁绿地补绘", "宁规〔2026〕12号")
    # The two corners at the neighbour are the neighbour's own, to the bit; the others lie where the pen was.
    drawn = shapely.get_coordinates(row.geometry)
    for own in (a, b):
        assert (drawn == own).all(axis=1).any()
    assert row.geometry.intersection(neighbour).area == 0
    meant = shapely.Polygon(corners)
    assert shapely.hausdorff_distance(row.geometry, meant) < 1.5
    assert row.geometry.area == pytest.approx(meant.area, rel=0.08)
    untouched(folder, recorded)
    planner.visit.assert_clean()


@pytest.fixture(scope="module")
def crossing(demo):
    """Three parcels that meet, and a line through all of them: codes, ids, ends of the line."""
    place, rows = meeting_corner(demo.parcels)
    outlines, best = list(rows.geometry), (0.0, None)
    land = shapely.union_all(outlines)
    for turn in np.radians(range(0, 180, 5)):
        along, aside = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        for shift in (-25, -15, 15, 25):
            ends = [np.array(place) + shift * aside + side * 70 * along for side in (-1, 1)]
            band = shapely.buffer(shapely.LineString(ends), ROAD_M / 2, cap_style="flat")
            least = min(shapely.intersection(band, outline).area for outline in outlines)
            clear = min(shapely.Point(end).distance(outline.boundary) for end in ends for outline in outlines)
            if shapely.covers(land, band) and clear > 12 and least > best[0]:
                best = least, ends
    assert best[1] is not None, "no road crosses the three"
    return rows, best[1]


def test_a_road_corridor_is_cut_out_of_several_parcels(planner, folder, crossing, to_degrees):
    rows, ends = crossing
    largest = rows.loc[rows.geometry.area.idxmax()]
    planner.begin(largest["parcel_code"])
    step_back(planner)
    planner.press("r")
    planner.fill("gis-edit #width", str(ROAD_M))
    planner.page.locator("gis-edit #width").blur()
    for k, end in enumerate(ends):
        click_at(planner, pixel(planner, to_degrees(end)))
        wait_for_pen(planner, k + 1)
    held = planner.numbers()
    assert "0 重叠 0 缝隙" in held
    planner.press("Enter")
    wait_for_steps(planner, 1)
    save_with(planner, "沿江支路红线", "宁规〔2026〕3号")
    assert planner.actions == 12
    recorded = saved(folder, planner)
    gone, made = rows_of(recorded)
    assert sorted(gone) == sorted(rows["parcel_id"])
    assert recorded.revision.reason.code == "road"
    parents = {step.child_id: step.parent_id for step in recorded.descent}
    assert set(parents) == set(made)
    assert set(parents.values()) == set(gone)
    # The road that was asked for, from the line as it was sent: in each parcel what lies within it, and nothing else.
    (intent,) = recorded.op["intents"]
    band = shapely.buffer(shapely.LineString(intent["line"]), ROAD_M / 2, cap_style="flat")
    for parent, outline in zip(rows["parcel_id"], rows.geometry, strict=True):
        parts = [made[child].geometry for child, of in parents.items() if of == parent]
        road = [part for part in parts if shapely.covers(shapely.buffer(band, 0.01), part)]
        rest = [part for part in parts if part not in road]
        assert len(road) == 1
        assert rest
        wanted = shapely.intersection(outline, band)
        assert shapely.symmetric_difference(road[0], wanted).area < ROUNDING_M2
        assert sum(part.area for part in parts) == pytest.approx(outline.area, abs=ROUNDING_M2)
    before, after = (sum(row.geometry.area for row in side.values()) for side in (gone, made))
    assert after == pytest.approx(before, abs=PLANE_M2)
    # Floor area is divided by nobody in silence.
    assert all(row.values.get("floor_area_m2") is None for row in made.values())
    untouched(folder, recorded)
    planner.visit.assert_clean()


@pytest.fixture(scope="module")
def pair(demo, free):
    """Two neighbours that no register holds and that differ in no field which a merge cannot decide."""
    alike = [
        field.name for field in demo.schema.fields if field.merge == "forbid" and field.name not in IDENTITY
    ]
    shapes = free.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    for i, j in np.transpose(tree.query(shapes, predicate="touches")):
        one, other = free.iloc[i], free.iloc[j]
        same = all(one[name] == other[name] or (one.isna()[name] and other.isna()[name]) for name in alike)
        side = shapely.intersection(one.geometry, other.geometry).length
        small = max(np.ptp(shapely.get_coordinates(row.geometry), axis=0).max() for row in (one, other)) < 300
        if i < j and same and side > 20 and small and one["floor_area_m2"] > 0 and other["floor_area_m2"] > 0:
            return one, other
    pytest.fail("the demo has no such pair any more")


def test_two_neighbours_become_one_by_shift_click_and_m(planner, folder, pair, to_degrees):
    one, other = pair
    planner.begin(one["parcel_code"])
    inside = near_the_first(one.geometry, other.geometry)
    with_shift(planner, pixel(planner, to_degrees(inside)))
    planner.page.locator(f"gis-sketch path.picked[data-parcel='{other['parcel_id']}']").wait_for(
        timeout=PATIENCE_MS
    )
    planner.press("m")
    planner.press("Enter")
    wait_for_steps(planner, 1)
    assert "0 重叠 0 缝隙" in planner.numbers()
    planner.save()
    assert planner.actions == 7
    recorded = saved(folder, planner)
    gone, made = rows_of(recorded)
    assert sorted(gone) == sorted([one["parcel_id"], other["parcel_id"]])
    (row,) = made.values()
    assert row.parcel_id.startswith("拟-")
    assert {(step.parent_id, step.child_id) for step in recorded.descent} == {
        (id_, row.parcel_id) for id_ in gone
    }
    together = shapely.union_all([one.geometry, other.geometry])
    assert shapely.equals(row.geometry, together)
    own = {tuple(xy) for xy in shapely.get_coordinates([one.geometry, other.geometry]).tolist()}
    assert {tuple(xy) for xy in shapely.get_coordinates(row.geometry).tolist()} <= own
    assert row.values["floor_area_m2"] == pytest.approx(
        one["floor_area_m2"] + other["floor_area_m2"], abs=1e-6
    )
    assert recorded.revision.reason.code == "merge"
    untouched(folder, recorded)
    planner.visit.assert_clean()


def near_the_first(first, second):
    """Return a place in the second outline not far from the first: it is in the window then."""
    return shapely.get_coordinates(
        shapely.point_on_surface(second.intersection(first.buffer(25)).difference(first.buffer(8)))
    )[0]


def with_shift(planner, place):
    planner.page.keyboard.down("Shift")
    click_at(planner, place)
    planner.page.keyboard.up("Shift")


def page_table(planner):
    """Return the lines of the balance table as the page writes them."""
    return planner.page.locator("gis-balance table").evaluate(
        "table => [...table.querySelectorAll('tbody tr, tfoot tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )


def sheet_table(path):
    """Return the lines of the sheet by code, and of its total."""
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=4, values_only=True))
    lines = {str(row[0]): row for row in rows if row[1] and row[1] != "合计"}
    (total,) = [row for row in rows if row[1] == "合计"]
    return lines, total


def written(text):
    """Return a number as the page writes it: None for none, a share as a share."""
    plain = text.replace("*", "").replace("\u202f", "").replace(",", "").replace(" ", "").replace("\xa0", "")
    if plain in ("–", "资料不足", ""):
        return None
    return float(plain.removesuffix("%").replace("−", "-")) / (100 if plain.endswith("%") else 1)


def assert_same(shown, row):
    """Assert that a line of the page is the line of the sheet, to what the page prints."""
    before, after, delta = shown[2:5], shown[5:8], shown[8]
    for (ha, share, floor), start in ((before, 2), (after, 6)):
        assert written(ha) == pytest.approx(row[start] or 0, abs=0.005001) or (
            written(ha) is None and not row[start]
        )
        if written(ha):
            assert written(share) == pytest.approx(row[start + 1], abs=0.0000501)
        if written(floor) is not None:
            assert written(floor) == pytest.approx(row[start + 2] / 10_000, abs=0.005001)
    assert written(delta) == pytest.approx(row[10], abs=0.00005001)


def test_the_balance_sheet_has_the_numbers_of_the_page(planner, folder, free, demo, tmp_path):
    parcel, head = free[free["use_code"] == "100101"].iloc[0], planner.state()["head"]
    planner.begin(parcel["parcel_code"])
    planner.press("t")
    field = planner.page.locator("gis-edit .fields [name=use_code]")
    field.wait_for(timeout=PATIENCE_MS)
    planner.actions += 1
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option("0901")
    else:
        field.fill("0901")
    planner.click("gis-edit form button.primary", has_text="应用")
    wait_for_steps(planner, 1)
    planner.numbers()
    planner.click("gis-review-chips button", has_text="平衡表")
    planner.page.locator("gis-balance .delta.minus").first.wait_for(timeout=PATIENCE_MS)
    shown = page_table(planner)
    with planner.page.expect_download(timeout=PATIENCE_MS) as coming:
        planner.click("gis-balance button", has_text="下载 XLSX")
    path = tmp_path / "balance.xlsx"
    coming.value.save_as(path)
    assert coming.value.suggested_filename == "用地平衡表.xlsx"
    lines, total = sheet_table(path)
    assert [line[0] for line in shown[:-1]] == list(lines)
    for line in shown[:-1]:
        assert_same(line, lines[line[0]])
    assert shown[-1][1] == "合计"
    assert_same(shown[-1], total)
    # And these are the areas of the parcels, by our own sum.
    ha = ellipsoidal_area(demo.parcels.geometry.to_numpy(), demo.parcels.crs) / 10_000
    assert total[2] == total[6] == pytest.approx(ha.sum(), abs=1e-6)
    own = float(ha[demo.parcels["parcel_id"] == parcel["parcel_id"]].item())
    for code, gain in (("100101", -own), ("0901", own)):
        of_code = float(ha[demo.parcels["use_code"] == code].sum())
        assert lines[code][2] == pytest.approx(of_code, abs=1e-6)
        assert lines[code][6] == pytest.approx(of_code + gain, abs=1e-6)
        assert lines[code][10] == pytest.approx(gain, abs=1e-6)
    floor = demo.parcels["floor_area_m2"]
    assert (total[4], total[5]) == (pytest.approx(floor.sum(), abs=0.01), floor.isna().sum())
    # The table of an edit under way writes nothing.
    assert planner.state()["head"] == head
    planner.visit.assert_clean()


def choose_imagery(planner, title):
    planner.click("gis-imagery .face")
    planner.click("gis-imagery label.pick", has_text=title)


def painted(planner, service):
    """Return at how many places the window shows the tile that lies there, and at how many its opposite."""
    view = planner.page.locator("gis-desk gis-map")
    box = view.bounding_box()
    window = Image.open(io.BytesIO(planner.page.screenshot())).convert("RGB")
    level = max((int(query["TILEMATRIX"]) for query in service.asked), default=0)
    steps = [(0.42 + 0.03 * i, 0.3 + 0.06 * j) for i in range(8) for j in range(6)]
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in steps]
    degrees = view.evaluate(
        """(element, all) => {
          const box = element.map.getCanvas().getBoundingClientRect()
          return all.map(([x, y]) => element.map.unproject([x - box.left, y - box.top]).toArray())
        }""",
        places,
    )
    right = wrong = 0
    for (x, y), (lon, lat) in zip(places, degrees, strict=True):
        tile, seen = tile_at(lon, lat, level), window.getpixel((round(x), round(y)))
        own, other = (RED, BLUE) if (tile.x + tile.y) % 2 == 0 else (BLUE, RED)
        right += near(seen, own)
        wrong += near(seen, other)
    return right, wrong


def near(seen, wanted):
    return sum(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 60


def test_pictures_of_a_named_wmts_are_painted_where_they_lie(planner, services, to_degrees):
    named, other = services
    choose_imagery(planner, "影像 named")
    for row, value in ((0, "1"), (1, "0")):  # the picture whole, the parcels' colours off
        planner.actions += 1
        planner.page.locator("gis-imagery .fade input").nth(row).fill(value)
    planner.press("Escape")

    def all_there():
        right, wrong = painted(planner, named)
        return right >= 36 and wrong == 0  # lines and names lie over some of the 48

    planner.until(all_there, "the tiles in their places")
    assert all(
        query["tk"] == KEY and query["LAYER"] == "img" and query["TILEMATRIXSET"] == "w"
        for query in named.asked
    )
    assert other.asked == []
    # The browser spoke to our server alone, and knows neither the address nor the key of the other.
    fetched = [path for _, path in planner.visit.asked if path.startswith("/api/imagery/named/")]
    assert len(fetched) >= 4
    told = planner.page.locator("gis-desk").evaluate("element => JSON.stringify(element.model.data)")
    assert [image["id"] for image in json.loads(told)["imagery"]] == ["named", "other"]
    for secret in (KEY, named.host, other.host):
        assert secret not in told
    planner.visit.assert_clean()


def test_a_host_that_is_not_named_is_refused_and_never_asked(planner, services):
    named, other = services
    before = len(named.asked)
    with planner.page.expect_response(
        lambda answer: "/api/imagery/other/" in answer.url, timeout=PATIENCE_MS
    ) as coming:
        choose_imagery(planner, "影像 other")
    answer = coming.value
    assert answer.status == 403
    planner.wait_for_toast("影像服务的主机不在允许列表中")
    with pytest.raises(urllib.error.HTTPError) as caught:
        planner.visit.get("/imagery/other/14/13600/6700")
    assert caught.value.code == 403
    told = json.load(caught.value)["error"]["message"]
    assert told.startswith("影像服务的主机不在允许列表中")
    assert KEY not in told
    assert painted(planner, other) == (0, 0)
    assert other.asked == []
    assert len(named.asked) == before
    planner.visit.assert_clean(refused=(403,))
