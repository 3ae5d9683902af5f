"""Attribute tables update the parcels that are there, by parcel_id or by parcel code."""

import geopandas as gpd
import pandas as pd
import pytest
import yaml

from gisapp import Workspace
from gisapp.app.imports import ImportOptions, import_parcels
from gisapp.errors import InputError, UsageError
from gisapp.io.mapping import same_name


def bring(tiny, path, **options):
    workspace = Workspace(tiny)
    return import_parcels(workspace, path, ImportOptions(**options)), workspace


def test_a_csv_in_gb18030_updates_attributes_and_leaves_outlines(tiny, tmp_path):
    (tmp_path / "t.csv").write_bytes(
        "parcel_id,name,footprint_m2\nP0,新名称,1250\nP9,没有,1\n".encode("gb18030")
    )
    before = Workspace(tiny).parcels.geometry.iloc[0]
    result, workspace = bring(tiny, tmp_path / "t.csv")
    first = workspace.parcels.iloc[0]
    assert (first["name"], first["footprint_m2"], first["floor_area_m2"]) == ("新名称", 1250.0, 5000.0)
    assert first.geometry.equals(before)
    assert (result.rows_in, result.kept, [item.row for item in result.quarantined]) == (2, 1, [2])
    assert "工作区中没有这宗地块" in result.quarantined[0].reason


def test_codes_in_a_spreadsheet_keep_their_leading_zero(tiny, tmp_path):
    pd.DataFrame({"parcel_id": ["P0"], "use_code": ["0802"]}).to_excel(tmp_path / "t.xlsx", index=False)
    _, workspace = bring(tiny, tmp_path / "t.xlsx")
    assert workspace.parcels["use_code"].iloc[0] == "0802"


def test_a_table_without_one_known_parcel_is_refused(tiny, tmp_path):
    (tmp_path / "t.csv").write_text("parcel_id,name\nX1,a\n", encoding="utf-8")
    with pytest.raises(InputError, match="都不能导入"):
        bring(tiny, tmp_path / "t.csv")
    assert not list((tiny / ".gisapp").iterdir())


def test_quarantined_formulas_are_written_as_text(tiny, tmp_path):
    (tmp_path / "t.csv").write_text(
        'parcel_id,name\nP0,甲\nX1,"=HYPERLINK(""http://x"")"\nX2,-5\n', encoding="utf-8"
    )
    result, _ = bring(tiny, tmp_path / "t.csv")
    text = (tiny / result.quarantine_file).read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",-5" in text


def test_bureau_names_match_whatever_their_case_or_length():
    assert same_name("ydyhfldm", "YDYHFLDM")
    assert same_name("FIXED_ASSE", "fixed_asset_investment")
    assert same_name("城镇开发边", "城镇开发边界代码")
    assert not same_name("MJ", "TBMJ")
    assert not same_name("ZDDM", "ZDDM_OLD")


def test_columns_are_found_by_the_aliases_of_the_schema(tiny, tmp_path):
    schema = yaml.safe_load((tiny / "parcels" / "schema.yaml").read_text(encoding="utf-8"))
    for field in schema["fields"]:
        if field["name"] == "footprint_m2":
            field["source"] = ["JZJDMJ", "JDMJ"]
    (tiny / "parcels" / "schema.yaml").write_text(yaml.safe_dump(schema), encoding="utf-8")
    (tmp_path / "t.csv").write_text("PARCEL_ID,jdmj,JZJDMJ\nP0,1,2\n", encoding="utf-8")
    result, workspace = bring(tiny, tmp_path / "t.csv")
    assert workspace.parcels["footprint_m2"].iloc[0] == 2.0
    assert result.mapped == {"parcel_id": "PARCEL_ID", "footprint_m2": "JZJDMJ"}
    assert result.unmapped == ("jdmj",)
    assert [note.kind for note in result.findings] == ["column"]


def test_a_parcel_code_of_another_parcel_is_not_taken(tiny, tmp_path):
    schema = yaml.safe_load((tiny / "parcels" / "schema.yaml").read_text(encoding="utf-8"))
    schema["fields"].append({"name": "parcel_code", "title": {"zh": "宗地代码"}, "dtype": "str"})
    (tiny / "parcels" / "schema.yaml").write_text(yaml.safe_dump(schema), encoding="utf-8")
    code = "320111007000GB00001"
    (tmp_path / "a.csv").write_text(f"parcel_id,parcel_code\nP0,{code}\n", encoding="utf-8")
    bring(tiny, tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text(f"parcel_id,parcel_code\nP1,{code}\nP2,x\n", encoding="utf-8")
    result, _ = bring(tiny, tmp_path / "b.csv")
    assert result.quarantined[0].reason == "宗地代码已属于地块 P0"


def test_a_table_without_ids_finds_its_parcels_by_code(tiny, tmp_path):
    schema = yaml.safe_load((tiny / "parcels" / "schema.yaml").read_text(encoding="utf-8"))
    schema["fields"].append(
        {"name": "parcel_code", "title": {"zh": "宗地代码"}, "dtype": "str", "source": ["ZDDM"]}
    )
    (tiny / "parcels" / "schema.yaml").write_text(yaml.safe_dump(schema), encoding="utf-8")
    (tmp_path / "a.csv").write_text("parcel_id,ZDDM\nP3,C3\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("zddm,name\nC3,改名\nC9,没有\n", encoding="utf-8")
    bring(tiny, tmp_path / "a.csv")
    result, workspace = bring(tiny, tmp_path / "b.csv")
    assert workspace.parcels.set_index("parcel_id").loc["P3", "name"] == "改名"
    assert [item.row for item in result.quarantined] == [2]


def test_a_table_cannot_replace_the_parcels(tiny, tmp_path):
    (tmp_path / "t.csv").write_text("parcel_id,name\nP0,甲\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--replace"):
        bring(tiny, tmp_path / "t.csv", replace=True)


def test_a_code_that_lost_its_zero_is_recognised(tiny, tmp_path):
    (tmp_path / "t.csv").write_text("parcel_id,use_code\nP0,802\nP1,0802\n", encoding="utf-8")
    result, _ = bring(tiny, tmp_path / "t.csv")
    assert "0802" in result.quarantined[0].reason


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("parcel_id: ID\nA: {field: nothing}\n", 2, "没有这个字段"),
        ("parcel_id: ID\nA: {field: floor_area_m2, unit: kg}\n", 2, "单位不能换算"),
        ("parcel_id: ID\nA: {field: name}\nB: {field: name}\n", 3, "已由列"),
        ("parcel_id: ID\nuse_scheme: GB1990\n", 2, "分类版本不存在"),
        ("parcel_id: ID\nA: {field: name, colour: red}\n", 2, "不认识的键"),
    ],
)
def test_a_mapping_fault_names_its_line(tiny, tmp_path, text, line, words):
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "t.csv").write_text("ID,A\nP0,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        bring(tiny, tmp_path / "t.csv", mapping=tmp_path / "m.yaml")
    assert caught.value.problems[0].line == line


def test_a_mapped_column_that_is_not_there_is_named(tiny, tmp_path):
    (tmp_path / "m.yaml").write_text("parcel_id: ID\nB: {field: name}\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("ID,A\nP0,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="文件中没有映射所写的列"):
        bring(tiny, tmp_path / "t.csv", mapping=tmp_path / "m.yaml")


def test_dates_and_flags_are_read_as_bureaus_write_them(tiny, tmp_path):
    schema = yaml.safe_load((tiny / "parcels" / "schema.yaml").read_text(encoding="utf-8"))
    schema["fields"] += [
        {"name": "supplied_on", "title": {"zh": "供地日期"}, "dtype": "date"},
        {"name": "seized", "title": {"zh": "查封"}, "dtype": "bool"},
    ]
    (tiny / "parcels" / "schema.yaml").write_text(yaml.safe_dump(schema), encoding="utf-8")
    rows = [
        "P0,2008-01-31,是",
        "P1,2008/1/31,0",
        "P2,20080131,Y",
        "P3,2008年1月31日,",
        "P4,2008-02-30,是",
        "P5,,也许",
    ]
    (tmp_path / "t.csv").write_text("\n".join(["parcel_id,supplied_on,seized", *rows, ""]), encoding="utf-8")
    result, workspace = bring(tiny, tmp_path / "t.csv")
    parcels: gpd.GeoDataFrame = workspace.parcels
    assert (parcels["supplied_on"].iloc[:4] == pd.Timestamp(2008, 1, 31)).all()
    assert parcels["seized"].iloc[:4].tolist() == [True, False, True, pd.NA]
    assert [(item.id, item.field) for item in result.quarantined] == [("P4", "supplied_on"), ("P5", "seized")]
