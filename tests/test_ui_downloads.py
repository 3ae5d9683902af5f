"""The list as CSV, XLSX and GeoPackage: safe cells, real numbers, the run beside them."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest

from gisapp.app.desk import Desk
from gisapp.app.downloads import csv_bytes, file_name, geopackage_bytes, neutral, titled, xlsx_bytes
from gisapp.app.listing import TITLES, listing, uses_in
from gisapp.app.ranking import Filters
from gisapp.app.workspace import Workspace
from tests.tiny import write_tiny_workspace

FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = write_tiny_workspace(tmp_path_factory.mktemp("downloads") / "tiny")
    parcels = gpd.read_parquet(folder / "parcels" / "parcels.parquet")
    parcels.loc[0, "name"] = FORMULA
    parcels.loc[1, "name"] = "+1"
    parcels.to_parquet(folder / "parcels" / "parcels.parquet")
    return Desk(Workspace(folder))


@pytest.fixture(scope="module")
def everything(desk):
    return listing(desk, "screening", Filters())


def read_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("value", ["厂房", "1-2", "", None, -1.5])
def test_other_cells_stay_as_they_are(value):
    assert neutral(value) == value


def test_csv_opens_in_a_spreadsheet_as_utf8(everything):
    assert csv_bytes(everything).startswith(b"\xef\xbb\xbf")


def test_csv_has_readable_titles_and_the_run_on_each_row(everything):
    rows = read_csv(csv_bytes(everything))
    assert list(rows[0])[: len(TITLES)] == list(TITLES.values())
    assert {row["运行编号"] for row in rows} == {everything.run_id}
    assert {row["评价规则版本"] for row in rows} == {"2026-03"}
    assert all("合成" in row["数据性质"] for row in rows)


def test_csv_neutralises_formulas_from_data_and_keeps_negative_numbers_numbers(everything):
    names = {row["地块名称"] for row in read_csv(csv_bytes(everything))}
    assert f"'{FORMULA}" in names
    assert "'+1" in names


def test_xlsx_holds_the_text_of_a_formula_and_no_formula(everything):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(everything)))
    sheet = book["清单"]
    assert [cell.value for cell in sheet[1]][: len(TITLES)] == list(TITLES.values())
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert FORMULA in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)


def test_xlsx_says_what_the_list_rests_on(everything):
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(everything)))["说明"]
    facts = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    assert facts["运行编号"] == everything.run_id
    assert facts["评价规则版本"] == "2026-03"
    assert facts["数据日期"] == "2026-06-30"
    assert "合成" in facts["数据性质"]
    assert {"V 已核", "M 待核", "N 测算", "D 本地假设"} <= set(facts)


def test_xlsx_and_csv_give_the_same_bytes_twice(everything):
    assert xlsx_bytes(everything) == xlsx_bytes(everything)
    assert csv_bytes(everything) == csv_bytes(everything)


def test_geopackage_carries_the_parcels_own_coordinates(everything, desk, tmp_path):
    path = tmp_path / "list.gpkg"
    path.write_bytes(geopackage_bytes(everything, desk.workspace.parcels))
    assert [str(name) for name, _ in pyogrio.list_layers(path)] == ["清单", "说明"]
    layer = gpd.read_file(path, layer="清单")
    assert layer.crs.to_epsg() == 4549
    assert set(layer.geom_type) == {"MultiPolygon"}
    shapes = dict(zip(layer["地块标识"], layer.geometry, strict=True))
    for id_, shape in zip(desk.workspace.parcels["parcel_id"], desk.workspace.parcels.geometry, strict=True):
        assert shapes[id_].equals(shape)


def test_a_list_is_narrowed_before_it_is_handed_out(desk):
    found = listing(desk, "screening", Filters(park="示例园区"))
    assert set(titled(found)["地块标识"]) == {"P0", "P1", "P2"}


def test_an_empty_list_still_makes_each_file(desk):
    nothing = listing(desk, "screening", Filters(use="99"))
    assert nothing.table.empty
    assert read_csv(csv_bytes(nothing)) == []
    assert openpyxl.load_workbook(io.BytesIO(xlsx_bytes(nothing)))["清单"].max_row == 1
    assert geopackage_bytes(nothing, desk.workspace.parcels)


def test_english_titles_are_english(everything):
    assert list(titled(everything, "en").columns)[:3] == ["Rank", "Parcel name", "Parcel code"]


def test_a_file_is_named_after_rulebook_date_and_run(everything):
    assert file_name(everything, "csv") == f"试算_2026-06-30_{everything.run_id[:8]}.csv"


def test_uses_offer_each_code_with_its_parents(desk):
    assert list(uses_in(desk, "screening")) == ["10", "1001", "100101"]
    assert uses_in(desk, "screening")["1001"] == "1001 工业用地"
    assert uses_in(desk, "screening", language="en")["1001"] != "1001 工业用地"


def test_only_uses_of_the_parcels_with_the_verdict_are_offered(tiny):
    path = tiny / "parcels" / "parcels.parquet"
    table = gpd.read_parquet(path)
    table.loc[4, "use_code"] = "1101"
    table.to_parquet(path)
    desk = Desk(Workspace(tiny))
    (verdict,) = desk.workspace.evaluate("screening").parcels.set_index("parcel_id").loc[["P4"], "verdict"]
    assert "1101" in uses_in(desk, "screening")
    assert "1101" in uses_in(desk, "screening", verdict)
    assert verdict != "candidate"
    assert list(uses_in(desk, "screening", "candidate")) == ["10", "1001", "100101"]


def test_a_candidate_whose_path_lacks_an_input_says_so_in_list_and_download(tiny):
    book = tiny / "parcels" / "rulebooks" / "screening.yaml"
    text = book.read_text(encoding="utf-8")
    changed = text.replace('units: {far: "1"}', 'units: {building_coefficient: "1"}').replace(
        "when: {far:", "when: {building_coefficient:"
    )
    book.write_text(changed, encoding="utf-8")
    desk = Desk(Workspace(tiny))
    found = listing(desk, "screening", Filters()).table.set_index("parcel_id")
    assert found.loc["P3", "verdict"].startswith("符合条件")
    assert found.loc["P3", "advice"] == "资料不足"
    assert pd.isna(found.loc["P1", "advice"])
    assert desk.rank("screening", Filters(), limit=10, offset=0)["rows"][0]["advice_title"] == "资料不足"
    rows = {row["地块标识"]: row for row in read_csv(csv_bytes(listing(desk, "screening", Filters())))}
    assert rows["P3"]["建议路径"] == "资料不足"
    english = listing(desk, "screening", Filters(), "en").table.set_index("parcel_id")
    assert english.loc["P3", "advice"] not in ("资料不足", None)
