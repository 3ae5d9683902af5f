"""Bad input gives one clear message, exit code 3, no traceback, and leaves everything as it was."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import yaml

from tests.commands import call, files, say
from tests.tiny import CRS, square

EVALUATE = ("--rulebook", "screening")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(workspace, *arguments):
    """Return the problems of a command that must fail, having written nothing."""
    before = files(workspace)
    code, out, err = call(*arguments)
    assert code == 3, out
    assert "Traceback" not in err
    assert files(workspace) == before
    assert out["error"]["message"]
    return out["error"]["problems"]


def catalog(workspace):
    return workspace / "layers" / "catalog.yaml"


def rulebook(workspace):
    return workspace / "parcels" / "rulebooks" / "screening.yaml"


def edit_catalog(workspace, work):
    data = yaml.safe_load(catalog(workspace).read_text(encoding="utf-8"))
    work(data)
    catalog(workspace).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def test_a_missing_catalogue(tiny):
    catalog(tiny).unlink()
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "catalog.yaml" in problem["message"]
    assert problem["action"]


def test_a_catalogue_entry_whose_file_is_missing(tiny):
    (tiny / "layers" / "data" / "udb.fgb").unlink()
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["field"], problem["value"]) == (
        "layers/catalog.yaml",
        "source",
        "data/udb.fgb",
    )


def test_a_catalogue_entry_that_lacks_a_key(tiny):
    edit_catalog(tiny, lambda data: data["layers"][0].pop("authority"))
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["field"] == "layers.0.authority"
    assert problem["line"] > 1


def test_a_reference_to_a_layer_that_is_not_there(tiny):
    edit_catalog(tiny, lambda data: data["layers"][0].update(depends_on=["nothing"]))
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "nothing" in problem["message"]


def test_cyclic_catalogue_entries(tiny):
    def tie(data):
        data["layers"][0]["depends_on"] = [data["layers"][1]["id"]]
        data["layers"][1]["depends_on"] = [data["layers"][0]["id"]]

    edit_catalog(tiny, tie)
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "依赖成环" in problem["message"]
    assert "udb → farmland → udb" in problem["message"]


def test_a_raster_without_crs(tiny):
    with rasterio.open(
        tiny / "layers" / "data" / "dem.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="float32",
        transform=rasterio.Affine(50, 0, 380_000, 0, -50, 3_550_100),
    ) as raster:  # fmt: skip
        raster.write(np.zeros((1, 2, 2), dtype="float32"))
    entry = {
        "id": "dem", "title": {"zh": "高程"}, "group": "all", "kind": "raster", "source": "data/dem.tif", "crs": CRS,
        "authority": "测试", "licence": "测试", "role": "elevation",
    }  # fmt: skip
    edit_catalog(tiny, lambda data: data["layers"].append(entry))
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["message"]) == ("dem.tif", "栅格没有坐标系")
    assert "gdal_edit.py" in problem["action"]


def test_an_unknown_indicator(tiny):
    change(rulebook(tiny), "indicator: far,", "indicator: farr,")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["field"], problem["value"]) == (
        "parcels/rulebooks/screening.yaml",
        "indicator",
        "farr",
    )
    assert rulebook(tiny).read_text(encoding="utf-8").splitlines()[problem["line"] - 1].count("farr") == 1


def test_a_unit_that_differs(tiny):
    change(rulebook(tiny), "value: 0, unit: m2", "value: 0, unit: mu")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["field"], problem["value"], problem["expected"]) == ("unit", "mu", "m2")
    assert problem["line"] == 9


def test_a_clause_that_does_not_resolve(tiny):
    change(rulebook(tiny), "clause: default/1", "clause: default/99")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["field"], problem["value"]) == ("clause", "default/99")


def test_a_date_on_which_no_edition_is_in_force(tiny):
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE, "--as-of", "2025-12-31")
    assert problem["value"] == "2025-12-31"
    assert "2026-03-01" in problem["expected"]
    assert "--as-of" in problem["action"]


def test_a_period_that_ends_before_it_starts(tiny):
    change(rulebook(tiny), "{from: 2026-03-01, to: null}", "{from: 2026-03-01, to: 2026-01-01}")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "to 须晚于 from" in problem["message"]
    assert problem["line"] == 3


def test_a_rulebook_that_does_not_exist(tiny):
    (problem,) = refused(tiny, "evaluate", tiny, "--rulebook", "nothing")
    assert (problem["value"], problem["expected"]) == ("nothing", "screening")


def test_an_empty_parcel_set(tiny):
    path = tiny / "parcels" / "parcels.parquet"
    gpd.read_parquet(path).iloc[:0].to_parquet(path)
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["message"] == "没有可评价的地块"
    assert "gisapp import" in problem["action"]


def test_duplicate_parcel_ids_in_the_table(tiny):
    path = tiny / "parcels" / "parcels.parquet"
    table = gpd.read_parquet(path)
    table.loc[3, "parcel_id"] = "P1"
    table.to_parquet(path)
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["field"], problem["value"]) == ("parcels.parquet", "parcel_id", "P1")


def test_duplicate_parcel_codes_in_a_file(tiny, tmp_path):
    add_parcel_code(tiny)
    rows = [
        {
            "parcel_id": f"N{i}",
            "parcel_code": "320111007000GB00001",
            "use_code": "0802",
            "geometry": square(i, 5),
        }
        for i in (0, 1)
    ]
    gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS).to_file(tmp_path / "new.gpkg")
    problems = refused_import(tiny, tmp_path / "new.gpkg")
    assert [(p.get("row"), p.get("field"), p.get("value")) for p in problems[1:]] == [
        (1, "parcel_code", "320111007000GB00001"),
        (2, "parcel_code", "320111007000GB00001"),
    ]


def add_parcel_code(workspace):
    path = workspace / "parcels" / "schema.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    schema["fields"].append({"name": "parcel_code", "title": {"zh": "宗地代码"}, "dtype": "str"})
    path.write_text(yaml.safe_dump(schema), encoding="utf-8")


def refused_import(workspace, file, *options):
    return refused(workspace, "import", workspace, file, *options)


@pytest.mark.parametrize("field", ["use_code", "plan_use_code"])
def test_a_2020_scheme_code_in_a_2023_column(tiny, tmp_path, field):
    rows = [
        {"parcel_id": f"N{i}", "use_code": "0802", "plan_use_code": "0901", "geometry": square(i, 5)}
        for i in (0, 1)
    ]
    rows[1][field] = "090301"
    gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS).to_file(tmp_path / "new.gpkg")
    (problem,) = refused_import(tiny, tmp_path / "new.gpkg")
    assert (problem["file"], problem["row"], problem["field"], problem["value"]) == (
        "new.gpkg",
        2,
        field,
        "090301",
    )
    assert "YDYH-2023" in problem["expected"]
    assert "use_scheme: YDYH-2020" in problem["action"]


def test_a_file_that_is_not_there(tiny, tmp_path):
    (problem,) = refused_import(tiny, tmp_path / "nothing.gpkg")
    assert problem["file"] == "nothing.gpkg"


def test_a_crs_that_does_not_exist(tiny, tmp_path):
    gpd.GeoDataFrame({"parcel_id": ["N"], "use_code": ["0802"]}, geometry=[square(0, 5)]).to_parquet(
        tmp_path / "n.parquet"
    )
    (problem,) = refused_import(tiny, tmp_path / "n.parquet", "--crs", "EPSG:1")
    assert problem["value"] == "EPSG:1"


@pytest.fixture
def not_writable(tiny):
    """A workspace whose run state cannot be made: a file stands where the folder should be, even for root."""
    (tiny / ".gisapp").write_text("in the way", encoding="utf-8")
    return tiny


def test_evaluating_a_workspace_without_write_permission(not_writable):
    (problem,) = refused(not_writable, "evaluate", not_writable, *EVALUATE)
    assert "不可写" in problem["message"]
    assert problem["action"]


def test_importing_into_a_workspace_without_write_permission(not_writable, tmp_path):
    gpd.GeoDataFrame({"parcel_id": ["N"], "use_code": ["0802"]}, geometry=[square(0, 5)], crs=CRS).to_file(
        tmp_path / "n.gpkg"
    )
    (problem,) = refused_import(not_writable, tmp_path / "n.gpkg")
    assert "不可写" in problem["message"]


def test_making_a_workspace_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    before = files(tmp_path)
    code, out, _ = call("init", tmp_path / "file" / "w", "--empty")
    assert code == 3
    assert "不可写" in out["error"]["message"]
    assert files(tmp_path) == before


def test_all_faults_of_a_rulebook_are_told_at_once(tiny):
    change(rulebook(tiny), "indicator: far,", "indicator: farr,")
    change(rulebook(tiny), "clause: default/1", "clause: default/99")
    change(rulebook(tiny), "value: 0, unit: m2", "value: 0, unit: mu")
    assert {p["field"] for p in refused(tiny, "evaluate", tiny, *EVALUATE)} == {"indicator", "clause", "unit"}


def with_fields(workspace, **columns):
    """Put columns into the parcel table and its schema."""
    path = workspace / "parcels" / "schema.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {field["name"] for field in schema["fields"]}
    schema["fields"] += [
        {"name": name, "title": {"zh": name}, "dtype": "str"} for name in columns if name not in known
    ]
    path.write_text(yaml.safe_dump(schema), encoding="utf-8")
    table = workspace / "parcels" / "parcels.parquet"
    gpd.read_parquet(table).assign(**columns).to_parquet(table)


CODE = "320111007000GB00001"


def test_duplicate_parcel_codes_in_the_table_stop_evaluate_and_check(tiny):
    with_fields(tiny, parcel_code=[CODE, None, "320111007000GB00002", None, CODE, None])
    problems = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert [(p["row"], p["field"], p["value"]) for p in problems] == [
        (1, "parcel_code", CODE),
        (5, "parcel_code", CODE),
    ]
    assert all(p["expected"] and p["action"] for p in problems)
    code, out, _ = call("check", tiny)
    (failed,) = [item for item in out["checks"] if item["state"] == "fail"]
    assert (code, failed["id"]) == (5, "parcels")
    assert "宗地代码重复" in failed["items"][0]


@pytest.mark.parametrize("field", ["use_code", "plan_use_code"])
def test_a_2020_code_in_the_table_stops_evaluate_and_check(tiny, field):
    with_fields(tiny, **{field: ["100101", "0603", *["100101"] * 4]})
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["row"], problem["field"], problem["value"]) == (2, field, "0603")
    assert "YDYH-2023" in problem["expected"]
    assert "YDYH-2020" in problem["action"]
    assert call("check", tiny)[0] == 5


def test_codes_of_a_foreign_scheme_and_missing_parcel_codes_are_left_alone(tiny):
    with_fields(tiny, use_code=["0603"] * 6, use_scheme=["other:city"] * 6, parcel_code=[None] * 6)
    assert call("evaluate", tiny, *EVALUATE)[0] == 0
    assert call("check", tiny)[0] == 0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("R-far.value=nan", "R-far.value=nan"),
        ("R-far.value=inf", "R-far.value=inf"),
        ("R-far.value=1e999", "R-far.value=1e999"),
        ("R-far.value=half", "R-far.value=half"),
        ("R-far.value=", "R-far.value="),
        ("C-far.weight=-1", "权重应大于 0"),
        ("C-far.weight=0", "权重应大于 0"),
        ("C-far.weight=nan", "有限的数值"),
        ("target_use=9999", "target_use=9999：YDYH-2023 分类中没有这个用地代码"),
        ("target_use=commerce", "不是用地代码"),
        ("target_use=²²", "不是用地代码"),
        ("service_year=12", "不是年份"),
        ("service_year=9999", "不是年份"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name_and_value(tiny, setting, words):
    before = files(tiny)
    code, out, err = call("evaluate", tiny, *EVALUATE, "--set", setting)
    assert code == 2, out
    assert words in out["error"]["message"]
    assert out["error"]["action"]
    assert "Traceback" not in err
    assert files(tiny) == before


@pytest.mark.parametrize("source", ["../outside.fgb", "/etc/passwd", "data/../../x.fgb", "C:\\data\\x.fgb"])
def test_a_layer_whose_file_lies_outside_the_workspace(tiny, source):
    edit_catalog(tiny, lambda data: data["layers"][0].update(source=source))
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["field"] == "layers.0.source"
    assert problem["value"] == source
    assert "layers/" in problem["message"]


def test_a_fault_in_a_csv_table_names_the_line_of_the_file(tiny):
    head = "enterprise_id,year,tax_10k,output_10k,energy_tce,employees,rd_10k\n"
    rows = 'E1,2025,1,1,1,1,1\n\n"E\n2",2025,1,1,1,1,1\nE3,2025,much,1,1,1,1\n'
    (tiny / "parcels" / "enterprises.csv").write_text(head + rows, encoding="utf-8")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["line"], problem["field"], problem["value"]) == (6, "tax_10k", "much")
    assert "row" not in problem
    (tiny / "parcels" / "enterprises.csv").write_text(
        head + "E1,2025,1,1,1,1,1\n\nE2,2025\n", encoding="utf-8"
    )
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["line"], problem["value"], problem["expected"]) == (4, "2", "7")


def test_an_import_of_a_csv_file_names_lines_of_the_file(tiny, tmp_path):
    (tmp_path / "more.csv").write_text("parcel_id,use_code\nP0,100101\n\nP1,090301\n", encoding="utf-8")
    (problem,) = refused_import(tiny, tmp_path / "more.csv")
    assert (problem["line"], problem["value"]) == (4, "090301")
    (tmp_path / "more.csv").write_text("parcel_id,floor_area_m2\nP0,100\n\nP9,5\nP1,200\n", encoding="utf-8")
    code, out, _ = say("import", tiny, tmp_path / "more.csv", "--dry-run")
    assert code == 0
    assert "文件第 4 行 P9" in out
