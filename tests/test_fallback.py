"""The map page without WebGL: folium served by us alone, selection, and texts that stay texts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from gisapp.app.server import Server, start
from gisapp.settings import Settings
from gisapp.ui.plainmap import Place, draw, nearest, soften
from gisapp.ui.static import ADDRESS, TYPES, address, static_routes
from tests.browsing import PATIENCE_MS, chromium_path, free_port, wait_until_healthy
from tests.test_api import TestClient
from tests.tiny import write_tiny_workspace

PATIENCE = 60
NASTY = [
    "<img src=x onerror=\"window.hacked='name'\">",
    "</script><script>window.hacked='script'</script>",
    "\"'><svg onload=window.hacked='svg'>",
    "{{ 7 * 7 }}{% for a in b %}${window.hacked='template'}{#",
    "示例地块4",
    "示例地块5",
]
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-webgl", "--disable-webgl2", "--disable-3d-apis"]
SWITCHES += [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace whose parcels have names that would do harm as markup."""
    folder = write_tiny_workspace(tmp_path_factory.mktemp("fallback") / "tiny")
    path = folder / "parcels" / "parcels.parquet"
    gpd.read_parquet(path).assign(name=NASTY).to_parquet(path)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    return Server(Settings(folder))


def told(page):
    """Return the data in a page."""
    return json.loads(re.search(r'<script type="application/json" id="gisapp-data">(.*?)</script>', page)[1])


def parcels_of(page):
    """Return the parcels' features in a page, by id."""
    features = [feature for layer in told(page)["layers"] for feature in layer["features"]]
    return {f["properties"]["id"]: f for f in features if "id" in f["properties"]}


def drawn(server, zoom=None):
    return draw(server.desk, Place(*server.desk.display.points[0], zoom), {"here": "显示此处的地块"})


def test_the_nearest_parcels_are_taken_and_no_more():
    points = np.array([[118.0, 32.0], [118.01, 32.0], [118.0, 32.009], [119.0, 33.0]])
    assert nearest(points, Place(118.0, 32.0), 3).tolist() == [0, 1, 2]
    assert nearest(points, Place(119.0, 33.0), 1).tolist() == [3]
    assert nearest(points, Place(118.0, 32.0), 9).tolist() == [0, 1, 2, 3]


def test_a_degree_east_is_shorter_than_one_north():
    points = np.array([[118.0, 32.0], [118.0105, 32.0], [118.0, 32.0095]])
    assert nearest(points, Place(118.0, 32.0), 2).tolist() == [0, 1]


def test_the_page_asks_no_other_host(server):
    page = drawn(server).page
    assert "://" not in page
    asked = re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert sorted(asked) == sorted(address(name) for name in TYPES)
    assert "jquery" not in page.lower()
    assert "$(" not in page


def test_names_reach_the_page_as_data_only(server):
    page = drawn(server).page
    features = parcels_of(page)
    assert [features[f"P{i}"]["properties"]["title"].split(" · ")[0] for i in range(6)] == NASTY
    assert "<img" not in page
    assert "<svg" not in page
    assert page.count("</script>") == page.count("<script")


def test_parcels_have_their_place_and_the_colour_of_their_use(server):
    found = drawn(server)
    feature = parcels_of(found.page)["P2"]
    entry = server.desk.workspace.context().codes.nearest("100101")
    assert feature["properties"]["style"]["fillColor"] == soften(entry.color)
    west, south, east, north = server.desk.display.bounds[2]
    ring = np.array(feature["geometry"]["coordinates"][0])
    assert np.array([*ring.min(axis=0), *ring.max(axis=0)]) == pytest.approx(
        [west, south, east, north], abs=1e-6
    )
    assert found.rows == frozenset(range(6))
    assert found.codes == (entry.code,)


def test_soften_mixes_with_paper():
    assert soften("#fbfaf6") == "#fbfaf6"
    assert soften("#000000") == "#838280"


def test_only_the_listed_files_are_served():
    client = TestClient(Starlette(routes=static_routes()))
    for name, kind in TYPES.items():
        answer = client.get(address(name))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in ("__init__.py", "plain-frame.js", "../style.css", "%2e%2e/style.css", "leaflet/"):
        assert client.get(f"{ADDRESS}/{name}").status_code == 404


def test_leaflet_is_there_with_its_licence(root):
    folder = root / "gisapp" / "ui" / "static" / "leaflet"
    assert "Leaflet 1.9.4" in (folder / "leaflet.js").read_text(encoding="utf-8")[:200]
    assert "BSD 2-Clause" in (folder / "LICENSE").read_text(encoding="utf-8")


def map_page():
    from gisapp.ui.views import desk

    desk.show()


def opened(server, **session):
    start(server.settings)
    app = AppTest.from_function(map_page, default_timeout=PATIENCE)
    for name, value in session.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def shown(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def test_with_webgl_the_desk_is_shown(server):
    assert "只读地图" not in shown(opened(server))


def test_without_webgl_the_band_says_so(server):
    said = shown(opened(server, no_webgl=True))
    assert "没有启用 WebGL" in said
    assert "还没有选择地块" in said
    assert "一类工业用地" in said


def test_the_card_stands_beside_the_map_as_text(server):
    said = shown(opened(server, no_webgl=True, parcel_id="P0"))
    assert "&lt;img src=x" in said
    assert "<img" not in said
    assert "决定判定的规则" in said
    assert "所在范围与面积" in said
    assert "宗地属性" in said


def test_a_parcel_that_is_gone_is_not_asked_for(server):
    assert "还没有选择地块" in shown(opened(server, no_webgl=True, parcel_id="gone"))


def test_asking_again_brings_the_desk_back(server):
    app = opened(server, no_webgl=True)
    app.button(key="plain_again").click().run()
    assert "只读地图" not in shown(app)


def test_only_the_neighbourhood_is_drawn_and_said_so(server, monkeypatch):
    """With room for two parcels, the one selected is among them."""
    assert told(drawn(server).page)["partial"] is False
    monkeypatch.setattr("gisapp.ui.plainmap.nearest", lambda points, place: nearest(points, place, 2))
    found = draw(server.desk, Place(*server.desk.display.points[5]), {"here": "显示此处的地块"})
    assert found.rows == frozenset({4, 5})
    assert told(found.page)["partial"] is True


@pytest.fixture(scope="module")
def site(folder):
    """The app as a user starts it."""
    port = free_port()
    command = "from gisapp.cli.main import run; raise SystemExit(run())"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "serve", str(folder), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        where = f"http://127.0.0.1:{port}"
        wait_until_healthy(where, process)
        yield where
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def blind():
    """A browser that draws no WebGL."""
    path = chromium_path()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


class Tab:
    """One tab of the blind browser, with everything that it asked for."""

    def __init__(self, browser, site):
        self.hosts, self.complaints = set(), []
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.on("request", lambda request: self._asked(request.url))
        self.page = context.new_page()
        self.page.on("websocket", lambda channel: self._asked(channel.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(site)
        self.page.locator("iframe[sandbox]").wait_for(timeout=PATIENCE_MS)
        self.map = self.page.locator("iframe[sandbox]").element_handle().content_frame()
        self.map.locator(".folium-map canvas").first.wait_for(timeout=PATIENCE_MS)
        # The outline of the desk lies over the page until the run that replaces it has ended.
        self.page.locator(".gp-skeleton").wait_for(state="detached", timeout=PATIENCE_MS)

    def _asked(self, url):
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(urlsplit(url).netloc)

    def point(self, parcel_id):
        """Return where a parcel is on the page, in pixels."""
        at = self.map.evaluate(
            """id => {
              const map = window[Object.keys(window).find((name) => name.startsWith('map_'))]
              let found = null
              map.eachLayer((layer) => { if (layer.feature?.properties.id === id) found = layer })
              return map.latLngToContainerPoint(found.getBounds().getCenter())
            }""",
            parcel_id,
        )
        box = self.page.locator("iframe[sandbox]").bounding_box()
        return box["x"] + at["x"], box["y"] + at["y"]

    def heading(self, text):
        self.page.locator(".gp-why h2").get_by_text(text, exact=True).wait_for(timeout=PATIENCE_MS)


@pytest.fixture
def tab(blind, site):
    tab = Tab(blind, site)
    yield tab
    tab.page.context.close()


@pytest.mark.browser
def test_without_webgl_a_click_selects_and_nothing_leaves_the_machine(tab, site):
    tab.page.mouse.click(*tab.point("P2"))
    tab.heading(NASTY[2])
    tab.page.mouse.click(*tab.point("P0"))
    tab.heading(NASTY[0])
    assert tab.page.locator(".gp-facts2").inner_text()
    assert tab.hosts == {urlsplit(site).netloc}
    assert tab.complaints == []


@pytest.mark.browser
def test_without_webgl_search_finds_and_marks(tab):
    box = tab.page.locator("gis-search input")
    box.fill("示例地块4")
    tab.page.locator("gis-search [role=option]").first.wait_for(timeout=PATIENCE_MS)
    box.press("Enter")
    tab.heading("示例地块4")
    tab.map = tab.page.locator("iframe[sandbox]").element_handle().content_frame()
    tab.map.wait_for_function(
        """() => {
          const map = window[Object.keys(window).find((name) => name.startsWith('map_'))]
          let marked = []
          map.eachLayer((layer) => { if (layer.options?.weight === 3 && layer.feature?.properties.id) marked.push(layer.feature.properties.id) })
          return marked.join() === 'P4'
        }""",
        timeout=PATIENCE_MS,
    )


@pytest.mark.browser
def test_names_never_run_as_code(tab):
    """Not on the map, not in its hover notes, not in the card; and the frame could reach nothing if they did."""
    assert tab.page.locator("iframe[sandbox]").get_attribute("sandbox") == "allow-scripts"
    for number in range(6):
        tab.page.mouse.move(*tab.point(f"P{number}"))
        tab.map.locator(".hover").get_by_text(NASTY[number]).wait_for(timeout=PATIENCE_MS)
        tab.page.mouse.click(*tab.point(f"P{number}"))
        tab.heading(NASTY[number])
    for frame in (tab.page.main_frame, tab.map):
        assert frame.evaluate("window.hacked === undefined")
        assert frame.locator("img[src=x], svg[onload]").count() == 0
    assert (
        tab.map.evaluate("(() => { try { return parent.document.title } catch { return 'refused' } })()")
        == "refused"
    )
