"""The site check's routes: a polygon drawn on the desk in, the table, the workbook and the page out."""

from __future__ import annotations

import io
import warnings

import openpyxl
import pytest
from starlette.applications import Starlette

from gisapp.api.routes import TOKEN_HEADER, routes
from gisapp.app.server import Server
from gisapp.app.tokens import Claims
from gisapp.settings import Settings
from tests.siteground import ring, write_site_workspace
from tests.tiny import CRS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient

PATHS = ["/api/site-check", "/api/site-check.xlsx", "/api/site-check.html"]
SQUARE = {"polygons": [[ring(3, 0, 3, 1)]]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(Settings(write_site_workspace(tmp_path_factory.mktemp("api") / "w"), user="anna"))


@pytest.fixture(scope="module")
def client(server):
    return TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: server.token()})


@pytest.mark.parametrize("path", PATHS)
def test_nobody_asks_without_token_origin_or_json(server, client, path):
    stranger = TestClient(Starlette(routes=list(routes(server))))
    assert stranger.post(path, json=SQUARE).status_code == 401
    assert client.post(path, json=SQUARE, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(path, content="a=1", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.get(path).status_code in (404, 405)


def test_a_reader_may_ask(server):
    token = server.key.mint(Claims("eve", "reader", str(server.settings.workspace), 4_000_000_000))
    reader = TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: token})
    assert reader.post("/api/site-check", json=SQUARE).status_code == 200


def test_a_polygon_in_the_native_crs_gives_the_table(client):
    data = client.post("/api/site-check", json=SQUARE | {"name": "甲"}).json()
    assert data["redline"]["name"] == "甲"
    assert data["plane_m2"] == 30_000
    udb = next(topic for topic in data["topics"] if topic["id"] == "udb")
    assert sorted(row["name"] for row in udb["rows"]) == [
        "城镇开发边界外",
        "城镇弹性发展区",
        "城镇集中建设区",
    ]
    assert {parcel["parcel_id"] for parcel in data["parcels"]} == {"P3", "P4", "P5"}
    same = client.post("/api/site-check", json=SQUARE | {"crs": CRS}).json()
    assert same["site_id"] == data["site_id"]


def test_geojson_in_degrees_is_transformed(client):
    corners = [[118.6, 32.1], [118.61, 32.1], [118.61, 32.11], [118.6, 32.11], [118.6, 32.1]]
    body = {"geometry": {"type": "Polygon", "coordinates": [corners]}, "crs": "EPSG:4490"}
    data = client.post("/api/site-check", json=body).json()
    assert data["area_m2"] == pytest.approx(1_046_625.81, abs=0.5)


def test_the_answer_speaks_the_language_that_is_asked_for(client):
    found = client.post("/api/site-check", json=SQUARE, headers={"Accept-Language": "en"}).json()
    land = next(topic for topic in found["topics"] if topic["id"] == "land_class")
    assert "not covered by the layer" in land["headline"]


def test_the_files_are_handed_out_as_attachments(client):
    book = client.post("/api/site-check.xlsx", json=SQUARE)
    assert "attachment" in book.headers["content-disposition"]
    assert "压占分析表" in openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    page = client.post("/api/site-check.html", json=SQUARE)
    assert page.text.startswith("<!doctype html>")
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_parcel_is_checked_by_its_own_outline_to_the_bit(server, client):
    row = server.desk.workspace.parcels.set_index("parcel_id").loc["P3"]
    corners = [list(at) for at in row.geometry.exterior.coords]
    named = client.post("/api/site-check", json={"parcel_id": "P3"}).json()
    drawn = client.post("/api/site-check", json={"polygons": [[corners]]}).json()
    assert named["redline"]["hash"] == drawn["redline"]["hash"]
    assert [parcel["parcel_id"] for parcel in named["parcels"]] == ["P3"]
    assert client.post("/api/site-check", json={"parcel_id": "P99"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "没有给出界线"),
        ({"polygons": [[[[0, 0], [1, 1]]]]}, "界址点不足三个"),
        ({"polygons": [[[[0, 0], [9, 9], [9, 0], [0, 9]]]]}, "自相交"),
        (SQUARE | {"crs": "EPSG:0"}, "坐标系"),
        (SQUARE | {"as_of": "someday"}, "as_of"),
        (SQUARE | {"colour": "red"}, "colour"),
        (SQUARE | {"polygons": "x"}, "写法不对"),
    ],
    ids=["nothing", "two-corners", "bow", "crs", "date", "unknown", "shape"],
)
def test_a_bad_request_says_what_was_expected(client, body, words):
    answer = client.post("/api/site-check", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    assert answer.json()["error"]["action"]


def test_another_state_of_the_parcels_is_asked_for_by_version(server, client):
    version = server.desk.version
    assert client.post("/api/site-check", json=SQUARE | {"version": version}).status_code == 200
    assert client.post("/api/site-check", json=SQUARE | {"version": "0" * 16}).status_code == 404
    assert client.post("/api/site-check", json=SQUARE | {"branch": "没有"}).status_code == 422
