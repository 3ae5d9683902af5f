"""Packages as people handle them: kept versions, command, routes, page, maintenance layers."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pyogrio
import pytest
import shapely
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from gisapp.api.routes import TOKEN_HEADER, routes
from gisapp.app import Workspace, udbshelf
from gisapp.app.display import WGS84
from gisapp.app.server import Server, start
from gisapp.app.udb import calculate_package, evidence_of, with_moves
from gisapp.app.udbdrawing import drawing
from gisapp.app.udbexport import WIDTHS, can_write_geodatabase, export
from gisapp.cli.main import run
from gisapp.crs import ellipsoidal_area, parse_crs, transform, transformer
from gisapp.errors import ConflictError, InputError, UsageError
from gisapp.model.udb import Package
from gisapp.settings import Settings
from tests.tiny import CRS, rectangle
from tests.udb_world import write_table, write_world

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient


@pytest.fixture
def folder(tmp_path):
    return write_world(tmp_path / "world")


def call(capsys, *arguments):
    """Return exit code and the JSON object of a command."""
    code = run([*map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def hexed(shape):
    return shapely.to_wkb(shape, hex=True)


def sample():
    return with_moves(
        Package(id="p", title="示例", crs=CRS),
        [
            {
                "kind": "in",
                "wkb": hexed(rectangle(-2, 0, 2, 1)),
                "case": "strategy",
                "evidence": [{"title": "批复"}],
            },
            {
                "kind": "out",
                "wkb": hexed(rectangle(13, 0, 1, 2)),
                "case": "strategy",
                "evidence": [{"title": "批复"}],
            },
            {"kind": "rezone", "wkb": hexed(rectangle(10, 0, 1, 1)), "case": "disaster"},
        ],
    )


# ---- kept versions ----


def test_every_save_is_a_version_and_the_newest_is_read(folder):
    state = folder / ".gisapp"
    first = udbshelf.save(state, Package(id="p", title="一", crs=CRS))
    second = udbshelf.save(state, first.model_copy(update={"title": "二"}))
    assert (first.version, second.version) == (1, 2)
    assert udbshelf.read(state, "p").title == "二"
    assert udbshelf.read(state, "p", 1).title == "一"
    assert udbshelf.listed(state) == ["p"]


def test_of_two_who_write_the_same_version_one_is_told(folder):
    state = folder / ".gisapp"
    first = udbshelf.save(state, Package(id="p", title="一", crs=CRS))
    udbshelf.save(state, first)
    with pytest.raises(ConflictError, match="版本 2"):
        udbshelf.save(state, first)


def test_what_a_dead_process_left_does_not_count(folder):
    state = folder / ".gisapp"
    kept = udbshelf.save(state, sample())
    half = state / "udb" / "p" / ".000002.json.tmp"
    half.write_text("{", encoding="utf-8")
    assert udbshelf.read(state, "p") == kept
    (state / "udb" / ".package-x-1-abc").mkdir()
    assert udbshelf.listed(state) == ["p"]


def test_outlines_come_back_bit_for_bit(folder):
    state = folder / ".gisapp"
    shape = shapely.affinity.rotate(rectangle(-2, 0, 2, 1), 17.3)
    package = with_moves(Package(id="p", title="示例", crs=CRS), [{"kind": "in", "wkb": hexed(shape)}])
    udbshelf.save(state, package)
    back = udbshelf.read(state, "p").moves[0].geometry
    assert shapely.get_coordinates(back).tobytes() == shapely.get_coordinates(shape).tobytes()


def test_a_damaged_package_is_one_clear_message(folder):
    state = folder / ".gisapp"
    udbshelf.save(state, sample())
    path = state / "udb" / "p" / "000001.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"kind": "in"', '"kind": "sideways"'), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        udbshelf.read(state, "p")
    (problem,) = caught.value.problems
    assert problem.field == "moves.0.kind"
    assert problem.line is not None
    assert problem.value == "sideways"


@pytest.mark.parametrize(
    "wkb", ["00", hexed(shapely.Point(0, 0)), hexed(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))]
)
def test_an_outline_that_is_none_is_refused(wkb):
    with pytest.raises(InputError, match="图形"):
        with_moves(Package(id="p", title="示例", crs=CRS), [{"kind": "in", "wkb": wkb}])


def test_evidence_is_written_in_one_line():
    found = evidence_of("项目批复 | 示〔2026〕1号 | 2026-03-02")
    assert (found.title, found.number, found.date.isoformat()) == ("项目批复", "示〔2026〕1号", "2026-03-02")
    for text in ("", "a|b|c|d", "项目|号|三月"):
        with pytest.raises(InputError):
            evidence_of(text)


# ---- the command ----


def test_the_command_makes_fills_calculates_and_exports_a_package(folder, capsys, tmp_path):
    assert call(capsys, "udb", "list", folder)[1]["cases"]["total"] == 7
    assert call(capsys, "udb", "create", folder, "a1", "--title", "示例")[1]["version"] == 1
    proof = ["--case", "strategy", "--evidence", "批复|示1号|2026-03-02"]
    assert call(capsys, "udb", "add", folder, "a1", "--kind", "out", "--parcel", "P2", *proof)[0] == 0
    corners = shapely.get_coordinates(rectangle(-1, 5, 1, 0.5))[:-1]
    file = tmp_path / "a.csv"
    lines = ["点号,X,Y", *(f"J{k + 1},{y:.3f},{x:.3f}" for k, (x, y) in enumerate(corners.tolist()))]
    file.write_text("\n".join(lines), encoding="utf-8")
    code, _ = call(capsys, "udb", "add", folder, "a1", "--kind", "in", "--file", file, "--crs", CRS, *proof)
    assert code == 0
    code, found = call(capsys, "udb", "evaluate", folder, "a1")
    assert code == 0
    assert found["net_m2"] == pytest.approx(-5_000, rel=1e-2)
    assert [move["id"] for move in found["moves"]] == ["m1", "m2"]
    code, done = call(capsys, "udb", "export", folder, "a1", "--out", tmp_path / "out", "--year", "2026")
    assert code == 0
    assert done["files"][0].endswith("320111甲县2026年度县级国土空间总体规划动态维护.gpkg")
    assert call(capsys, "udb", "remove", folder, "a1", "m1")[1]["version"] == 4
    assert call(capsys, "udb", "remove", folder, "a1")[0] == 0
    assert call(capsys, "udb", "list", folder)[1]["packages"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["evaluate", "W", "nothing"], 3, "没有这个边界优化方案"),
        (["create", "W", "坏编号", "--title", "x"], 3, "小写字母"),
        (["create", "W", "a1", "--title", "x"], 2, "已有方案"),
        (["add", "W", "a1", "--kind", "sideways", "--parcel", "P1"], 3, "之一"),
        (["add", "W", "a1", "--kind", "in", "--parcel", "P99"], 3, "没有这宗地块"),
        (["add", "W", "a1", "--kind", "in"], 2, "--parcel 与 --file"),
        (["remove", "W", "a1", "m7"], 3, "方案里没有这个图斑"),
        (["export", "W", "a1", "--out", "OUT"], 3, "没有可导出的内容"),
    ],
)
def test_bad_use_of_the_command_is_one_message(folder, capsys, tmp_path, arguments, code, said):
    udbshelf.save(folder / ".gisapp", Package(id="a1", title="示例", crs=CRS))
    places = {"W": folder, "OUT": tmp_path / "out"}
    got, found = call(capsys, "udb", *(places.get(part, part) for part in arguments))
    assert got == code
    assert said in found["error"]["message"]


def test_a_parameter_file_with_faults_names_them(folder, capsys):
    path = folder / "parcels/rulebooks/data/udb_package.yaml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("unit: m\n", "unit: km\n")
        .replace("gisapp-default/contact", "nowhere/1")
    )
    path.write_text(text, encoding="utf-8")
    udbshelf.save(folder / ".gisapp", sample())
    code, found = call(capsys, "udb", "evaluate", folder, "p")
    assert code == 3
    assert "UDB-11-neck.unit" in found["error"]["message"]
    assert "nowhere/1" in found["error"]["message"]


# ---- the maintenance layers ----


def exported(folder, tmp_path):
    write_table(folder, "udb_quota", [{"xzqdm": "320111", "reserve_quota_ha": 9.0, "quota_source": "1"}])
    workspace = Workspace(folder)
    result = calculate_package(workspace, sample())
    return result, workspace, export(result, workspace.context(), tmp_path / "out", year=2026)


def test_the_layers_come_back_from_both_formats(folder, tmp_path):
    result, workspace, files = exported(folder, tmp_path)
    assert {path.suffix for path in files} == {".gpkg", *([".gdb"] if can_write_geodatabase() else [])}
    for path in files:
        assert {name for name, _ in pyogrio.list_layers(path)} == {"WHQCZKFBJ", "WHHCZKFBJ", "WHCCZKFBJ"}
        change = pyogrio.read_dataframe(path, layer="WHCCZKFBJ")
        assert set(WIDTHS) <= set(change.columns)
        assert change.crs.to_epsg() == 4490
        assert change["WHLX"].tolist() == ["1", "3", "2"]
        assert change["BSM"].tolist() == [f"3201110000{k:08d}" for k in (1, 2, 3)]
        assert change["WHBH"].tolist() == [f"20260630{k:06d}" for k in (1, 2, 3)]
        assert change["JDZBLY"].tolist()[0] == "1"
        assert all(len(str(value or "")) <= WIDTHS[name] for name in WIDTHS for value in change[name])
        assert change["MJ"].tolist() == pytest.approx([row.area_m2 for row in result.moves], abs=0.01)
        crs = workspace.context().crs
        geographic = change.crs
        moved = transform(change.geometry.to_numpy(), source=geographic, target=crs)
        before = result.changed.geometry.to_numpy()
        assert (
            np.abs(shapely.area(shapely.symmetric_difference(moved, before))).max() < 0.1
        )  # a GDB keeps 0.1 mm


def test_before_less_what_goes_plus_what_comes_is_after(folder, tmp_path):
    result, workspace, files = exported(folder, tmp_path)
    layers = {name: pyogrio.read_dataframe(files[0], layer=f"{name}CZKFBJ") for name in ("WHQ", "WHH", "WHC")}
    area = {name: float(shapely.area(frame.geometry.to_numpy()).sum()) for name, frame in layers.items()}
    change = layers["WHC"].assign(plane=shapely.area(layers["WHC"].geometry.to_numpy()))
    signed = (
        change["plane"].where(change["WHLX"] == "1", -change["plane"]).where(change["WHLX"] != "2", 0.0).sum()
    )
    assert area["WHH"] == pytest.approx(area["WHQ"] + signed, rel=1e-9)
    assert layers["WHQ"]["GHFQMC"].tolist() == ["城镇弹性发展区", "特别用途区"]
    assert layers["WHH"]["BSM"].is_unique
    assert layers["WHH"]["BSM"].iloc[0] == "320111000000000004"
    assert layers["WHQ"]["MJ"].tolist() == pytest.approx(
        ellipsoidal_area(result.touched.geometry.to_numpy(), workspace.context().crs).tolist(), abs=0.01
    )


def test_each_county_has_its_own_delivery(folder, tmp_path):
    workspace = Workspace(folder)
    package = with_moves(
        Package(id="p", title="示例", crs=CRS), [{"kind": "in", "wkb": hexed(rectangle(19, 0, 2, 1))}]
    )
    result = calculate_package(workspace, package)
    files = export(result, workspace.context(), tmp_path / "out", year=2026)
    packed = [path for path in files if path.suffix == ".gpkg"]
    assert [path.name[:8] for path in packed] == ["320111甲县", "320116乙县"]
    sums = [pyogrio.read_dataframe(path, layer="WHCCZKFBJ")["MJ"].sum() for path in packed]
    assert sum(sums) == pytest.approx(result.land_in.area_m2, abs=0.1)


def test_a_name_that_is_taken_is_not_written_over(folder, tmp_path):
    result, workspace, files = exported(folder, tmp_path)
    before = files[0].read_bytes()
    with pytest.raises(InputError, match="已有同名成果"):
        export(result, workspace.context(), tmp_path / "out", year=2026)
    assert files[0].read_bytes() == before


def test_land_in_no_county_cannot_be_handed_in(tmp_path):
    workspace = Workspace(write_world(tmp_path / "w", without=("district",)))
    with pytest.raises(InputError, match="行政区代码"):
        export(calculate_package(workspace, sample()), workspace.context(), tmp_path / "out", year=2026)


# ---- the routes ----


@pytest.fixture
def client(folder):
    server = Server(Settings(folder))
    return TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: server.token()})


def drawn(shape):
    """Return a polygon as the map draws it."""
    to = transformer(parse_crs(CRS), WGS84)
    ring = [list(to.transform(x, y)) for x, y in shapely.get_coordinates(shape).tolist()]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_drawn_polygon_is_previewed_saved_and_listed(client, folder):
    body = {
        "id": "d1",
        "title": "草图",
        "moves": [
            {
                "kind": "in",
                "geometry": drawn(rectangle(-2, 0, 2, 1)),
                "case": "strategy",
                "evidence": [{"title": "批复"}],
            },
            {"kind": "out", "parcel_id": "P1", "case": "strategy", "evidence": [{"title": "批复"}]},
        ],
    }
    seen = client.post("/api/udb/preview", json=body).json()
    assert seen["outcome_text"] == "未提供"
    assert seen["moves"][0]["area_m2"] == pytest.approx(20_000, rel=1e-3)
    assert [feature["properties"]["kind"] for feature in seen["changed"]["features"]] == ["in", "out"]
    assert 115 < seen["changed"]["features"][0]["geometry"]["coordinates"][0][0][0] < 125
    assert not (folder / ".gisapp" / "udb").exists()
    assert client.post("/api/udb/save", json=body).json()["version"] == 1
    again = client.post("/api/udb/save", json=body)
    assert again.status_code == 409
    assert client.post("/api/udb/save", json={**body, "version": 1}).json()["version"] == 2
    listed = client.get("/api/udb/list").json()
    assert [package["id"] for package in listed["packages"]] == ["d1"]
    whole = client.get("/api/udb/package/d1").json()
    assert whole["moves"][1]["parcel_id"] == "P1"
    assert whole["moves"][0]["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    "body",
    [
        {"moves": "x"},
        {"moves": [{"kind": "in"}]},
        {"moves": [{"kind": "in", "geometry": {"type": "Point", "coordinates": [118, 32]}}]},
        {"moves": [{"kind": "in", "geometry": {"type": "Polygon"}}]},
        {"moves": [{"kind": "in", "parcel_id": "P99"}]},
        {"as_of": "yesterday"},
    ],
)
def test_a_bad_body_is_answered_with_what_is_wrong(client, body):
    answer = client.post("/api/udb/preview", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_the_routes_want_a_token(folder):
    stranger = TestClient(Starlette(routes=list(routes(Server(Settings(folder))))))
    assert stranger.get("/api/udb/list").status_code == 401
    assert stranger.post("/api/udb/preview", json={}).status_code == 401
    assert stranger.post("/api/udb/save", json={}).status_code == 401


# ---- the page ----


def page():
    from gisapp.ui.views import udb

    udb.show()


def shown(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def opened(folder):
    start(Settings(folder))
    app = AppTest.from_function(page, default_timeout=60).run()
    assert [fault.message for fault in app.exception] == []
    return app


def test_the_page_makes_a_package_and_puts_land_in(folder):
    app = opened(folder)
    assert "还没有方案" in shown(app)
    app.text_input(key="udb_new_id").input("b1")
    app.text_input(key="udb_new_title").input("北片优化")
    app.button[0].click().run()
    assert udbshelf.read(folder / ".gisapp", "b1").title == "北片优化"
    app.button_group(key="udb_kind").set_value("out")
    app.text_input(key="udb_parcel").input("P5")
    app.selectbox(key="udb_case").select("strategy")
    app.text_input(key="udb_proof").input("批复|示1号|2026-03-02")
    app.button(key="udb_add").click().run()
    assert [fault.message for fault in app.exception] == []
    text = shown(app)
    assert udbshelf.read(folder / ".gisapp", "b1").moves[0].parcel_id == "P5"
    for said in ("北片优化", "调入调出平衡", "机动指标", "批复 示1号 2026-03-02", "m1"):
        assert said in text
    app.text_input(key="udb_parcel").input("P99")
    app.button(key="udb_add").click().run()
    assert "没有这宗地块" in shown(app)
    assert len(udbshelf.read(folder / ".gisapp", "b1").moves) == 1


def test_the_plan_is_drawn_with_moves_and_warnings(folder):
    workspace = Workspace(folder)
    result = calculate_package(workspace, sample())
    picture = drawing(result, workspace.context())
    assert picture.count("<path") >= 6
    assert "调入" in picture
    assert (
        drawing(calculate_package(workspace, Package(id="p", title="x", crs=CRS)), workspace.context())
        is None
    )


def test_an_existing_id_is_not_made_twice(folder):
    workspace = Workspace(folder)
    udbshelf.save(workspace.state, sample())
    with pytest.raises(UsageError, match="已有方案"):
        udbshelf.require_new(workspace.state, "p")
