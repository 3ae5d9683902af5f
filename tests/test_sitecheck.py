"""The site check over squares of 100 m: areas by hand, findings by the rules' own numbers, parcels, gaps, files."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.app.sitebook import site_workbook
from gisapp.app.sitecheck import check_site, main_file
from gisapp.app.sitedrawing import drawing
from gisapp.app.sitefolder import FILES, save_site, site_json
from gisapp.app.sitepage import site_page
from gisapp.app.sitetable import COLUMNS
from gisapp.app.workspace import Workspace
from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError
from gisapp.evaluation.site import Finding
from gisapp.io.redline import redline_of
from gisapp.units import m2_to_mu
from tests.commands import call, files, say
from tests.siteground import plot, ring, write_site_workspace, write_txt
from tests.tiny import CRS, X0, Y0, rectangle, square

NOISE = 1e-9


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return Workspace(write_site_workspace(tmp_path_factory.mktemp("site") / "w"))


def check(workspace, *shapes, name="红线", **options):
    whole = shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)
    return check_site(workspace, redline_of(whole, crs=workspace.context().crs, name=name), **options)


def rows(found, topic):
    return {row.name: row for row in found.topic(topic).rows}


def area_of(shape):
    return float(ellipsoidal_area(np.array([shape], dtype=object), gpd.GeoSeries(crs=CRS).crs)[0])


def test_areas_by_zone_are_plane_shares_of_the_ellipsoidal_area(site):
    shape = rectangle(3, 0, 3, 1)
    found = check(site, shape)
    assert found.area_m2 == area_of(shape)
    assert found.plane_m2 == 30_000
    zones = rows(found, "udb")
    assert set(zones) == {"城镇集中建设区", "城镇弹性发展区", "城镇开发边界外"}
    for row in zones.values():
        assert row.share == pytest.approx(1 / 3, abs=NOISE)
        assert row.area_m2 == pytest.approx(found.area_m2 / 3, abs=1e-6)
        assert row.area_mu == pytest.approx(m2_to_mu(found.area_m2 / 3))


def test_ground_that_a_partition_does_not_know_is_a_row_of_its_own(site):
    found = check(site, rectangle(1, 0, 3, 1))
    land = rows(found, "land_class")
    assert {name: round(row.share, 9) for name, row in land.items()} == {
        "0102 水浇地": pytest.approx(1 / 3),
        "0601 工业用地": pytest.approx(0.5),
        "图层未覆盖": pytest.approx(1 / 6),
    }
    assert land["图层未覆盖"].finding is Finding.UNCOVERED
    assert found.topic("land_class").finding is Finding.UNCOVERED
    assert any("dltb" in gap and "图层未覆盖" in gap for gap in found.gaps)


def test_layers_are_found_by_role_whatever_a_bureau_calls_them(site):
    found = check(site, rectangle(0, 0, 3, 1))
    assert found.topic("farmland").layers == ("jbnt",)
    assert found.topic("udb").layers == ("czkfbj",)
    assert found.topic("land_class").authority == "示例局"
    assert found.topic("land_class").as_of == "2025-12-31"
    assert found.topic("farmland").as_of == ""
    assert "图层没有注明截止日期" in found.topic("farmland").notes
    # A layer without any role is laid over too.
    assert rows(found, "xianjie")["甲县"].share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("west", "finding", "area"),
    [
        (1.0, Finding.CLEAR, 0.0),
        (0.999_95, Finding.CONTACT, 0.5),
        (0.999_8, Finding.TAKEN, 2.0),
        (0.5, Finding.TAKEN, 5_000.0),
    ],
    ids=["edge", "contact", "just-taken", "taken"],
)
def test_a_bottom_line_is_clear_touched_or_taken_without_snapping(site, west, finding, area):
    found = check(site, rectangle(west, 0, 2 - west, 1))
    topic = found.topic("farmland")
    assert topic.finding is finding
    assert topic.rows[0].total
    plane = area * area_of(rectangle(west, 0, 2 - west, 1)) / shapely.area(rectangle(west, 0, 2 - west, 1))
    assert topic.rows[0].area_m2 == pytest.approx(plane, abs=1e-5)
    assert [c.rule_id for c in topic.citations] == ["R-farm"]
    assert topic.citations[0].status == "M"


def _edited(folder, old, new, name="siting"):
    path = folder / "parcels" / "rulebooks" / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return Workspace(folder)


def test_the_band_of_contact_is_the_rulebooks_not_ours(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    shape = rectangle(0.999_8, 0, 1, 1)
    assert check(Workspace(folder), shape).topic("farmland").finding is Finding.TAKEN
    wide = _edited(folder, "unknown_between: [0, 1]", "unknown_between: [0, 5]", name="screening")
    assert check(wide, shape).topic("farmland").finding is Finding.CONTACT
    none = _edited(folder, "unknown_between: [0, 5], ", "", name="screening")
    found = check(none, rectangle(0.999_95, 0, 1, 1)).topic("farmland")
    assert found.finding is Finding.TAKEN
    assert "规则集未给出边界接触的界限，相交即记为压占" in found.notes


def test_the_tolerance_of_the_boundary_is_the_rulebooks(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    shape = rectangle(4.5, 0, 0.52, 1)  # 200 m² of 5 200 outside
    found = check(Workspace(folder), shape).topic("udb")
    assert found.headline.startswith("涉及开发边界外")
    assert {c.rule_id for c in found.citations} == {"UDB-02", "UDB-06"}
    loose = _edited(
        folder, "tolerance_share: 0.001, tolerance_m2: 10", "tolerance_share: 0.5, tolerance_m2: 500"
    )
    found = check(loose, shape).topic("udb")
    assert found.headline.startswith("涉及弹性发展区")
    assert "边界外面积未超出容差" in found.notes
    assert rows(check(loose, shape), "udb")["城镇开发边界外"].area_m2 == pytest.approx(200, rel=1e-3)


def test_a_layer_that_is_not_there_or_empty_is_a_gap_never_a_pass(tmp_path):
    folder = write_site_workspace(tmp_path / "w", without={"farmland", "hazard"}, empty={"redline"})
    found = check(Workspace(folder), rectangle(0, 0, 1, 1))
    for topic in ("farmland", "redline", "hazard"):
        assert found.topic(topic).finding is Finding.NOT_LOADED
        assert found.topic(topic).rows[0].area_m2 is None
    assert "图层没有要素" in found.topic("redline").headline
    assert sum("未作判断" in gap for gap in found.gaps) >= 3


def test_zones_of_metro_river_and_hazard_with_their_rules(site):
    found = check(site, rectangle(0, 0, 1, 1))
    metro = found.topic("metro_protection")
    assert rows(found, "metro_protection")["1号线 underground_50"].share == pytest.approx(0.2)
    assert metro.rows[0].detail == ""
    assert {c.rule_id for c in metro.citations} == {"TRN-04"}
    river = found.topic("river_distance")
    # The river runs 500 m west of the square's west edge.
    assert river.finding is Finding.TAKEN
    assert river.rows[0].share == pytest.approx(1.0, abs=1e-6)
    assert "最近 500.0 m" in river.rows[0].detail
    far = check(site, rectangle(4.5, 0, 1, 1)).topic("river_distance")
    assert far.rows[0].share == pytest.approx(0.5, abs=1e-6)
    guessed = check(site, rectangle(5, 0, 1, 1)).topic("metro_protection")
    assert "线位为推算" in guessed.rows[0].detail


def _catalogued(folder, change):
    path = folder / "layers" / "catalog.yaml"
    catalog = yaml.safe_load(path.read_text(encoding="utf-8"))
    change({layer["role"]: layer for layer in catalog["layers"]})
    path.write_text(yaml.safe_dump(catalog, allow_unicode=True), encoding="utf-8")
    return Workspace(folder)


def test_a_bank_stands_in_for_the_management_line_as_an_assumption(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    bank = _catalogued(folder, lambda roles: roles["river_management"].update(role="bank"))
    topic = check(bank, rectangle(0, 0, 1, 1)).topic("river_distance")
    assert topic.finding is Finding.TAKEN
    assert topic.citations[0].status == "D"
    assert "岸线" in topic.rows[0].name
    assert any("状态降为 D" in note for note in topic.notes)
    none = Workspace(write_site_workspace(tmp_path / "none", without={"river_management"}))
    assert check(none, rectangle(0, 0, 1, 1)).topic("river_distance").finding is Finding.NOT_LOADED


def test_a_railway_zone_waits_for_its_width(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    railway = _catalogued(
        folder, lambda roles: roles["river_management"].update(role="rail_line", fields={"name": "river"})
    )
    shape = rectangle(0, 0, 1, 1)
    topic = check(railway, shape).topic("rail_distance")
    assert topic.finding is Finding.NOT_LOADED
    assert "距最近的铁路 长江 500.0 m" in topic.headline
    rule = """- {id: TRN-05, kind: gate, role: condition, title: {zh: 铁路}, indicator: rail_distance, op: "<",
   value: {by: target_use, table: data/rail.csv}, unit: m, clause: default/1, basis: law, status: M}
"""
    (folder / "parcels" / "rulebooks" / "data").mkdir()
    table = folder / "parcels" / "rulebooks" / "data" / "rail.csv"
    table.write_text("code,value\n", encoding="utf-8")
    book = folder / "parcels" / "rulebooks" / "siting.yaml"
    book.write_text(book.read_text(encoding="utf-8") + rule, encoding="utf-8")
    waiting = check(Workspace(folder), shape).topic("rail_distance")
    assert waiting.finding is Finding.NOT_LOADED
    assert [c.threshold for c in waiting.citations] == ["未提供"]
    table.write_text("code,value\n07,510\n10,520\n", encoding="utf-8")
    known = check(Workspace(folder), shape).topic("rail_distance")
    assert known.finding is Finding.TAKEN
    assert known.rows[0].share == pytest.approx(0.2, abs=1e-6)


def test_a_contour_of_risk_is_a_circle_about_its_facility(site):
    found = check(site, rectangle(5, -2, 4, 5))
    # The facility stands at (7, 0.5): a circle of 150 m lies wholly in 400 m × 500 m.
    plane = rows(found, "hazard")["个人风险 3e-6 等值线内"].share * 200_000
    assert plane == pytest.approx(np.pi * 150**2, rel=1e-5)
    assert found.topic("hazard").citations[0].rule_id == "MIX-21"
    near = check(site, rectangle(5, 0, 0.9, 1))
    assert {r.name: r.finding for r in near.topic("hazard").rows} == {
        "个人风险 3e-7 等值线内": Finding.TAKEN,
        "个人风险 3e-6 等值线内": Finding.TAKEN if 7 - 5.9 <= 1.5 else Finding.CLEAR,
        "个人风险 1e-5 等值线内": Finding.CLEAR,
    }


def test_parcels_with_what_is_taken_what_remains_and_what_to_look_at(site):
    found = check(site, rectangle(0.97, 0, 1.02, 1))
    by_id = {parcel.parcel_id: parcel for parcel in found.parcels}
    assert set(by_id) == {"P0", "P1"}
    for parcel in found.parcels:
        assert parcel.taken_m2 + parcel.remaining_m2 == pytest.approx(parcel.area_m2, rel=1e-5)
    assert sum(parcel.taken_m2 for parcel in found.parcels) == pytest.approx(found.area_m2, abs=1e-6)
    assert by_id["P0"].taken_share == pytest.approx(0.03)
    assert by_id["P0"].registered_m2 == 9_990.0
    assert by_id["P1"].registered_m2 is None
    assert any("细碎或狭长" in text for text in by_id["P1"].warnings)
    assert by_id["P0"].warnings == ()
    touched = check(site, rectangle(0.9995, 0, 1, 1)).parcels[-1]
    assert touched.parcel_id == "P0"
    assert any("压占不足 10 ㎡" in text for text in touched.warnings)


def test_owners_part_the_ground_and_a_missing_kind_is_said(site):
    found = check(site, rectangle(1, 0, 4, 2))
    owners = {name: round(row.share, 9) for name, row in rows(found, "owner").items()}
    assert owners == {"国有": 0.25, "集体": 0.125, "权属性质未填（资料不足）": 0.125, "地块表未覆盖": 0.5}


def test_a_parcel_cut_in_two_is_said(site):
    (parcel,) = check(site, rectangle(0.4, 0, 0.2, 1)).parcels
    assert parcel.warnings == ("余下用地被分成 2 块",)


def test_overlapping_classes_are_taken_off_once_and_said(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    file = folder / "layers" / "data" / "dltb.fgb"
    frame = gpd.read_file(file)
    frame.loc[frame["DLBM"] == "0601", "geometry"] = rectangle(1.5, 0, 2, 1)
    frame.to_file(file, driver="FlatGeobuf")
    found = check(Workspace(folder), rectangle(0, 0, 3.5, 1))
    land = rows(found, "land_class")
    assert land["减：图层内不同类别重叠"].area_m2 == pytest.approx(
        -area_of(rectangle(0, 0, 3.5, 1)) * 0.5 / 3.5
    )
    assert sum(row.share for row in land.values()) == pytest.approx(1.0, abs=NOISE)
    assert "重叠" in found.topic("land_class").notes[0]


def test_blocks_are_measured_one_by_one_and_must_not_overlap(site):
    found = check(site, square(0, 0), square(2, 0))
    assert [block.number for block in found.blocks] == [1, 2]
    land = rows(found, "land_class")
    assert land["0102 水浇地"].by_block == (pytest.approx(area_of(square(0, 0))), 0.0)
    assert sum(block.area_m2 for block in found.blocks) == found.area_m2
    side = check(site, square(0, 0), square(1, 0))  # a shared edge is no overlap
    assert side.topic("land_class").rows[0].share == pytest.approx(1.0)
    with pytest.raises(InputError, match="相互重叠"):
        check(site, square(0, 0), rectangle(0.5, 0, 1, 1))


def test_a_red_line_far_from_everything_is_warned_about(site):
    found = check(site, rectangle(5_000, 0, 1, 1))
    assert "红线有一部分在工作区全部图层的范围之外，请核对坐标系与带号" in found.gaps


corner = st.tuples(st.floats(-60, 660, allow_nan=False), st.floats(-60, 160, allow_nan=False))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.lists(corner, min_size=3, max_size=9))
def test_shares_of_a_partition_sum_to_one_and_agree_with_another_way_of_computing(site, points):
    hull = shapely.MultiPoint([(X0 + x, Y0 + y) for x, y in points]).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1.0:
        return
    found = check(site, hull)
    context = site.context()
    for topic, role, fields in (
        ("udb", "udb", ["zone"]),
        ("land_class", "land_class", ["dlbm", "name"]),
        ("plan", "plan", ["use_code"]),
    ):
        parts = [row for row in found.topic(topic).rows if row.part]
        assert sum(row.share for row in parts) == pytest.approx(1.0, abs=NOISE)
        frame = context.frame(role)
        # The other way: every feature by itself, then what is left of the red line when all are taken out.
        left = hull.difference(shapely.union_all(frame.geometry.to_numpy())).area / hull.area
        outside = sum(row.share for row in parts if "未覆盖" in row.name or row.name == "城镇开发边界外")
        assert outside == pytest.approx(left, abs=1e-8)
        for values, group in frame.groupby(fields):
            plain = sum(hull.intersection(shape).area for shape in group.geometry) / hull.area
            name = " ".join(map(str, values))
            mine = sum(row.share for row in parts if row.name.startswith(name))
            assert mine == pytest.approx(plain, abs=1e-8)


def test_the_same_ground_has_the_same_number_whatever_the_file_is_called(site):
    one, two = check(site, square(0, 0), name="甲"), check(site, square(0, 0), name="乙")
    assert one.site_id == two.site_id
    assert one.redline.name != two.redline.name
    assert check(site, square(1, 0)).site_id != one.site_id
    assert check(site, square(0, 0), as_of=date(2026, 4, 1)).site_id != one.site_id
    assert one.manifest["revision"] == 0
    assert one.manifest["context"]["hash"] == site.context().hash


def test_before_any_rulebook_is_in_force_areas_are_listed_without_clauses(site):
    found = check(site, rectangle(0, 0, 1, 1), as_of=date(2020, 1, 1))
    assert found.topic("farmland").citations == ()
    assert found.topic("farmland").rows[0].share == pytest.approx(0.5)
    assert any("没有生效的规则集" in gap for gap in found.gaps)


def test_a_broken_rulebook_is_a_gap_and_the_other_still_speaks(tmp_path):
    folder = write_site_workspace(tmp_path / "w")
    broken = _edited(folder, "indicator: river_distance", "indicator: river_distances")
    found = check(broken, rectangle(0, 0, 1, 1))
    assert any("规则集 siting 无法读取" in gap for gap in found.gaps)
    assert found.topic("farmland").citations[0].rule_id == "R-farm"


# ---- files ----


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """A workspace whose names are formulas and markup."""
    folder = write_site_workspace(tmp_path_factory.mktemp("nasty") / "w")
    file = folder / "layers" / "data" / "dltb.fgb"
    frame = gpd.read_file(file)
    frame["DLMC"] = ['=HYPERLINK("http://example.org","x")', "<script>alert(1)</script>"]
    frame.to_file(file, driver="FlatGeobuf")
    return Workspace(folder)


def test_the_workbook_has_numbers_as_numbers_and_no_formula(nasty):
    found = check(nasty, rectangle(0, 0, 4, 1), name="=1+1")
    book = openpyxl.load_workbook(io.BytesIO(site_workbook(found, nasty.catalog.workspace)))
    assert book.sheetnames == ["压占分析表", "涉及宗地", "红线地块", "依据", "说明"]
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    table = list(book["压占分析表"].iter_rows(values_only=True))
    assert table[0] == COLUMNS
    shown = [line for line in table[1:] if line[0] == "dltb"]
    assert sum(line[3] for line in shown) == pytest.approx(found.area_m2, abs=1e-5)
    assert sum(line[5] for line in shown) == pytest.approx(1.0, abs=NOISE)
    assert any(str(line[1]).endswith('=HYPERLINK("http://example.org","x")') for line in shown)
    several = check(nasty, square(0, 0), square(2, 0))
    sheets = openpyxl.load_workbook(io.BytesIO(site_workbook(several, nasty.catalog.workspace))).sheetnames
    assert "分地块面积" in sheets


def test_the_page_asks_for_nothing_and_escapes_names(nasty):
    found = check(nasty, rectangle(0, 0, 4, 1), name="<b>红线</b>")
    page = site_page(found, nasty.context(), nasty.catalog.workspace)
    assert "default-src 'none'" in page
    assert "'unsafe-inline'" not in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>红线</b>" not in page
    own = page.replace("http://example.org", "")
    assert re.findall(r"""(?:src|href)=|url\(|https?://(?!www\.w3\.org/2000/svg)|style=["']""", own) == []
    for words in ("压占分析表", "2025-12-31", "示例局", "UDB-02 D", "缺口", "EPSG:4549", found.site_id[:16]):
        assert words in page


def test_the_drawing_is_plain_svg_in_the_workspaces_crs(nasty):
    found = check(nasty, rectangle(0, 0, 4, 1), name='"><script>')
    svg = drawing(found, nasty.context())
    assert svg.startswith("<svg ")
    assert "<script" not in svg
    assert "EPSG:4549" in svg
    assert " m</text>" in svg


def test_english_files_are_english_but_for_names_from_data(nasty):
    found = check(nasty, rectangle(0, 0, 4, 1))
    page = site_page(found, nasty.context(), nasty.catalog.workspace, "en")
    assert "Land-take table" in page
    assert "not covered by the layer" in page
    assert "未覆盖" not in page


def test_equal_checks_give_equal_bytes_and_json_that_reads_back(site, tmp_path):
    found = check(site, rectangle(0, 0, 4, 1))
    one, two = (save_site(found, site, tmp_path / name) for name in ("a", "b"))
    assert files(one) == files(two)
    assert set(files(one)) == FILES
    data = json.loads(site_json(found))
    assert data["site_id"] == found.site_id
    assert data["manifest"]["redline"]["hash"] == found.redline.hash
    assert str(tmp_path) not in site_json(found)


def test_a_folder_with_other_things_in_it_is_left_alone(site, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="不是套合成果目录"):
        save_site(check(site, square(0, 0)), site, tmp_path / "a")
    assert set(files(tmp_path / "a")) == {"letter.txt"}


def test_of_files_dropped_together_one_is_the_red_line(tmp_path):
    parts = [tmp_path / f"a.{kind}" for kind in ("shp", "shx", "dbf", "prj")]
    assert main_file(parts).name == "a.shp"
    with pytest.raises(InputError, match="一次只核对一份"):
        main_file([tmp_path / "a.txt", tmp_path / "b.txt"])
    with pytest.raises(InputError, match=r"缺少 \.shp"):
        main_file([tmp_path / "a.dbf"])


# ---- command line ----


def test_the_command_prints_one_object_and_writes_three_files(site, tmp_path):
    file = write_txt(tmp_path / "甲.txt", plot("甲", ring(3, 0, 3, 1), area="3.1"))
    code, out, _ = call("site-check", site.root, file, "--out", tmp_path / "out")
    assert code == 0
    assert set(files(tmp_path / "out")) == FILES
    assert out["area_m2"] == pytest.approx(area_of(rectangle(3, 0, 3, 1)), abs=1e-6)
    assert out["blocks"][0]["declared_m2"] == pytest.approx(31_000)
    assert (
        json.loads((tmp_path / "out" / "site.json").read_text(encoding="utf-8"))["site_id"] == out["site_id"]
    )
    again, second, _ = call("site-check", site.root, file, "--out", tmp_path / "out")
    assert (again, second["site_id"]) == (0, out["site_id"])


def test_the_command_for_people_leads_with_areas_and_findings(site, tmp_path):
    file = write_txt(tmp_path / "a.txt", plot("甲", ring(0, 0, 4, 1)))
    code, out, _ = say("site-check", site.root, file, "--out", tmp_path / "out")
    assert code == 0
    for words in ("亩", "✗ farmland：压占", "R-farm M", "图层未覆盖", "涉及宗地 4 宗", "不是审查意见"):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--crs", "EPSG:99999"], 3, "无法识别坐标系"),
        (["--crs", "EPSG:4490"], 3, "写反"),
        (["--datum", "GPS"], 2, "GCJ-02"),
        (["--as-of", "明天"], 2, "YYYY-MM-DD"),
    ],
)
def test_bad_use_and_bad_input_of_the_command(site, tmp_path, arguments, code, words):
    file = write_txt(tmp_path / "a.txt", plot("甲", ring(0, 0, 4, 1)))
    found, out, _ = call("site-check", site.root, file, "--out", tmp_path / "out", *arguments)
    assert found == code
    assert words in json.dumps(out, ensure_ascii=False)
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_an_open_ring_end_with_three(site, tmp_path):
    code, out, _ = call("site-check", site.root, tmp_path / "none.gpkg")
    assert (code, out["error"]["problems"][0]["message"]) == (3, "文件不存在")
    file = write_txt(tmp_path / "a.txt", plot("甲", ring(0, 0, 4, 1)[:-1]))
    code, out, _ = call("site-check", site.root, file)
    assert code == 3
    assert "没有闭合" in out["error"]["problems"][0]["message"]


# ---- the demo ----


def test_the_demo_agrees_with_the_indicators_of_the_rulebooks(demo):
    """The planted parcels, taken as red lines, have the areas that the evaluation has of them."""
    run = demo.evaluate("mixed_use")
    trace = run.trace[run.trace["rule_id"] == "UDB-03-farmland"].set_index("parcel_id")["value"]
    hit = trace[trace > 0].index[:5]
    assert len(hit)
    shapes = demo.parcels.set_index("parcel_id").geometry
    for parcel_id in hit:
        found = check_site(demo, redline_of(shapes[parcel_id], crs=demo.context().crs, name=parcel_id))
        assert found.topic("farmland").rows[0].area_m2 == pytest.approx(trace[parcel_id], rel=1e-9, abs=1e-6)
        assert found.parcels[0].parcel_id == parcel_id
        assert found.parcels[0].taken_share == 1.0
        for topic in found.topics:
            parts = [row.share for row in topic.rows if row.part]
            assert not parts or sum(parts) == pytest.approx(1.0, abs=NOISE)
