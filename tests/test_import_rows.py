"""Every row of an imported file is kept, fixed or quarantined, with its reason; nothing is silent."""

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import yaml

from gisapp import Workspace
from gisapp.app.imports import ImportOptions, import_parcels
from gisapp.errors import CrsError, InputError
from tests.tiny import CRS, X0, Y0, square

BOWTIE = shapely.Polygon([(X0, Y0), (X0 + 100, Y0 + 100), (X0 + 100, Y0), (X0, Y0 + 100)])


def frame(rows, crs=CRS):
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)


def row(key, column, use="100101", **more):
    return {"parcel_id": key, "use_code": use, "geometry": square(column, 5), **more}


@pytest.fixture
def bring(tiny, tmp_path):
    """Import a frame into the tiny workspace and return the result and the workspace."""
    schema = tiny / "parcels" / "schema.yaml"
    fields = yaml.safe_load(schema.read_text(encoding="utf-8"))["fields"]
    fields = [{**field, "unit": "m2"} if field["name"].endswith("_m2") else field for field in fields]
    schema.write_text(yaml.safe_dump({"fields": fields}), encoding="utf-8")

    def bring_(given, name="new.gpkg", mapping=None, **options):
        path = tmp_path / name
        given.to_parquet(path) if name.endswith("parquet") else given.to_file(path)
        if mapping is not None:
            options["mapping"] = tmp_path / "mapping.yaml"
            options["mapping"].write_text(mapping, encoding="utf-8")
        workspace = Workspace(tiny)
        return import_parcels(workspace, path, ImportOptions(**options)), workspace

    return bring_


def test_new_parcels_join_those_already_there(bring):
    result, workspace = bring(frame([row("N1", 0), row("N2", 1)]))
    assert (result.rows_in, result.kept, result.rows_total) == (2, 2, 8)
    assert list(workspace.parcels["parcel_id"]) == ["P0", "P1", "P2", "P3", "P4", "P5", "N1", "N2"]


def test_the_same_id_updates_the_parcel(bring):
    result, workspace = bring(frame([row("P2", 3, name="改名")]))
    changed = workspace.parcels.set_index("parcel_id").loc["P2"]
    assert result.rows_total == 6
    assert changed["name"] == "改名"
    assert changed.geometry.equals(square(3, 5))


def test_an_empty_cell_never_erases_a_known_value(bring):
    _, workspace = bring(frame([row("P0", 0, name=None)]))
    assert workspace.parcels.set_index("parcel_id").loc["P0", "name"] == "示例地块0"
    assert workspace.parcels.set_index("parcel_id").loc["P0", "floor_area_m2"] == 5000.0


def test_replace_leaves_only_the_file(bring):
    _, workspace = bring(frame([row("N1", 0)]), replace=True)
    assert list(workspace.parcels["parcel_id"]) == ["N1"]


def test_replacing_works_even_where_the_old_table_is_broken(bring, tiny):
    (tiny / "parcels" / "parcels.parquet").write_bytes(b"PAR1 broken")
    result, _ = bring(frame([row("N1", 0)]), replace=True)
    assert result.rows_total == 1


def test_a_dry_run_writes_nothing(bring, tiny):
    result, workspace = bring(frame([row("N1", 0)]), dry_run=True)
    assert result.dry_run
    assert result.rows_total == 7
    assert not (tiny / ".gisapp").exists()
    assert len(workspace.parcels) == 6


def test_coordinates_in_the_workspace_crs_stay_bit_exact(bring):
    odd = shapely.Polygon([(X0 + 0.1, Y0 + 700 / 3), (X0 + 33.3, Y0 + 0.7), (X0 + 77.7, Y0 + 99.9)])
    _, workspace = bring(frame([{"parcel_id": "N", "use_code": "0802", "geometry": odd}]), name="new.parquet")
    kept = workspace.parcels.geometry.iloc[-1]
    assert shapely.to_wkb(kept) == shapely.to_wkb(odd)


def test_another_crs_is_transformed_once_and_each_row_says_so(bring):
    result, workspace = bring(frame([row("N1", 0)]).to_crs("EPSG:4490"))
    assert workspace.parcels.geometry.iloc[-1].equals_exact(square(0, 5), 1e-6)
    assert json.loads(workspace.parcels["src"].iloc[-1])["_crs"] == "EPSG:4490"
    assert [note.kind for note in result.findings] == ["crs"]


def test_a_file_without_crs_is_refused_with_candidates(bring):
    with pytest.raises(CrsError, match="EPSG:4549"):
        bring(frame([row("N1", 0)], crs=None), name="new.parquet")


def test_a_declared_crs_lets_it_in(bring):
    result, _ = bring(frame([row("N1", 0)], crs=None), name="new.parquet", crs=CRS)
    assert result.kept == 1


def test_a_zone_prefix_that_the_crs_does_not_have_is_refused(bring):
    moved = frame([row("N1", 0)]).translate(40_000_000)
    given = frame([{"parcel_id": "N1", "use_code": "0802", "geometry": moved.iloc[0]}])
    with pytest.raises(CrsError, match="EPSG:4528"):
        bring(given)


def test_swapped_longitude_and_latitude_are_named(bring):
    given = frame(
        [{"parcel_id": "N1", "use_code": "0802", "geometry": shapely.box(32.0, 118.6, 32.01, 118.61)}],
        crs=4326,
    )
    with pytest.raises(CrsError, match="写反"):
        bring(given)


def test_bad_outlines_are_quarantined_with_their_reason(bring):
    given = frame(
        [
            row("N1", 0),
            {"parcel_id": "N2", "use_code": "0802", "geometry": BOWTIE},
            {"parcel_id": "N3", "use_code": "0802", "geometry": None},
            {"parcel_id": "N4", "use_code": "0802", "geometry": shapely.Point(X0, Y0)},
            {"parcel_id": "N5", "use_code": "0802", "geometry": shapely.Polygon()},
        ]
    )
    result, _ = bring(given, name="new.parquet")
    assert result.rows_in == 5 == result.kept + len(result.fixed) + len(result.quarantined)
    assert [item.row for item in result.quarantined] == [2, 3, 4, 5]
    assert "自相交" in result.quarantined[0].reason
    assert "点" in result.quarantined[2].reason


def test_fix_repairs_a_bow_tie_and_lists_its_areas(bring):
    result, workspace = bring(
        frame([{"parcel_id": "N", "use_code": "0802", "geometry": BOWTIE}]), name="a.parquet", fix=True
    )
    (fixed,) = result.fixed
    assert (fixed.row, fixed.id) == (1, "N")
    assert fixed.area_before_m2 == 0.0
    assert fixed.area_after_m2 == 5000.0
    assert workspace.parcels.geometry.iloc[-1].is_valid


def test_heights_are_dropped_and_said(bring):
    given = frame([{"parcel_id": "N", "use_code": "0802", "geometry": shapely.force_3d(square(0, 5), 12.5)}])
    result, workspace = bring(given)
    assert not workspace.parcels.geometry.iloc[-1].has_z
    assert "Z" in result.findings[0].message


def test_repeated_ids_are_all_set_aside_when_they_differ(bring):
    result, _ = bring(frame([row("A", 0), row("B", 1), row("A", 2)]))
    assert [(item.row, item.id) for item in result.quarantined] == [(1, "A"), (3, "A")]
    assert result.kept == 1


def test_of_equal_rows_the_first_stays(bring):
    result, _ = bring(frame([row("A", 0), row("A", 0)]))
    assert [(item.row, item.id) for item in result.quarantined] == [(2, "A")]
    assert "完全相同" in result.quarantined[0].reason


def test_a_missing_id_is_quarantined(bring):
    result, _ = bring(frame([row(None, 0), row("B", 1)]))
    assert [(item.row, item.reason) for item in result.quarantined] == [(1, "地块标识为空")]


def test_quarantined_rows_are_kept_as_they_came(bring, tiny):
    given = frame([row("A", 0), {"parcel_id": "B", "use_code": "0802", "geometry": BOWTIE}])
    result, _ = bring(given, name="new.parquet")
    aside = gpd.read_file(tiny / result.quarantine_file)
    assert list(aside["parcel_id"]) == ["B"]
    assert aside["_row"].iloc[0] == 2
    assert "自相交" in aside["_reason"].iloc[0]


def test_a_word_in_a_number_field_quarantines_the_row(bring):
    given = frame([row("A", 0, floor_area_m2="很大"), row("B", 1, floor_area_m2="1,200.5")])
    result, workspace = bring(given)
    (item,) = result.quarantined
    assert (item.row, item.field, item.value) == (1, "floor_area_m2", "很大")
    assert workspace.parcels.set_index("parcel_id").loc["B", "floor_area_m2"] == 1200.5


def test_a_negative_area_is_no_area(bring):
    result, _ = bring(frame([row("A", 0, floor_area_m2=-5.0), row("B", 1)]))
    assert result.quarantined[0].reason == "值小于 0"


def test_the_mapping_can_keep_the_row_without_the_value(bring):
    mapping = "parcel_id: ID\nCODE: {field: use_code}\nJZMJ: {field: floor_area_m2, if_wrong: missing}\n"
    given = frame([{"ID": "A", "CODE": "0802", "JZMJ": "很大", "geometry": square(0, 5)}])
    result, workspace = bring(given, mapping=mapping)
    assert result.kept == 1
    assert pd.isna(workspace.parcels["floor_area_m2"].iloc[-1])
    assert [note.kind for note in result.findings] == ["value"]


def test_unmapped_columns_stay_untouched_in_src(bring):
    mapping = "parcel_id: ID\nCODE: {field: use_code}\n"
    given = frame([{"ID": "A", "CODE": "0802", "备注": "=1+1", "n": 3, "geometry": square(0, 5)}])
    result, workspace = bring(given, mapping=mapping)
    assert json.loads(workspace.parcels["src"].iloc[-1]) == {
        "ID": "A",
        "CODE": "0802",
        "备注": "=1+1",
        "n": 3,
    }
    assert result.unmapped == ("备注", "n")


@pytest.mark.parametrize(
    ("unit", "square_metres"), [("m2", 1.0), ("亩", 10_000 / 15), ("ha", 10_000.0), ("ft2", 0.09290304)]
)
def test_areas_are_converted_to_square_metres(bring, unit, square_metres):
    mapping = f"parcel_id: ID\nCODE: {{field: use_code}}\nA: {{field: floor_area_m2, unit: {unit}}}\n"
    _, workspace = bring(
        frame([{"ID": "A", "CODE": "0802", "A": 2.0, "geometry": square(0, 5)}]), mapping=mapping
    )
    assert workspace.parcels["floor_area_m2"].iloc[-1] == pytest.approx(2 * square_metres, rel=1e-12)


def test_values_are_replaced_before_anything_else(bring):
    mapping = 'parcel_id: ID\nCODE: {field: use_code, values: {工业: "100101"}}\nA: {field: floor_area_m2, values: {0: null}}\n'
    _, workspace = bring(
        frame([{"ID": "A", "CODE": "工业", "A": 0.0, "geometry": square(0, 5)}]), mapping=mapping
    )
    last = workspace.parcels.iloc[-1]
    assert last["use_code"] == "100101"
    assert pd.isna(last["floor_area_m2"])


def test_overlaps_are_kept_and_listed_with_their_area(bring):
    half = shapely.box(X0 + 50, Y0, X0 + 150, Y0 + 100)
    result, _ = bring(frame([{"parcel_id": "N", "use_code": "0802", "geometry": half}]))
    found = {note.ids: note.area_m2 for note in result.findings if note.kind == "overlap"}
    assert found == {("P0", "N"): 5000.0, ("P1", "N"): 5000.0}


def test_a_2020_code_is_migrated_when_the_mapping_says_so(bring):
    mapping = "use_scheme: YDYH-2020\nparcel_id: ID\nCODE: {field: use_code}\n"
    given = frame(
        [
            {"ID": "A", "CODE": "090301", "geometry": square(0, 5)},
            {"ID": "B", "CODE": "0802", "geometry": square(1, 5)},
        ]
    )
    result, workspace = bring(given, mapping=mapping)
    assert list(workspace.parcels["use_code"].iloc[-2:]) == ["0903", "0802"]
    assert list(workspace.parcels["use_scheme"].iloc[-2:]) == ["YDYH-2023"] * 2
    assert [note.message for note in result.findings] == [
        "use_code：2020 年版代码 090301 已按新旧码对照转为 0903，共 1 条"
    ]


@pytest.mark.parametrize("code", ["0603", "2302", "0601"])
def test_a_code_that_may_be_of_2020_is_asked_about(bring, code):
    with pytest.raises(InputError, match="use_scheme: YDYH-2020"):
        bring(frame([row("A", 0), row("B", 1, use=code)]))


def test_an_ambiguous_code_passes_once_the_scheme_is_declared(bring):
    mapping = "use_scheme: YDYH-2023\nparcel_id: ID\nCODE: {field: use_code}\n"
    result, _ = bring(frame([{"ID": "A", "CODE": "2302", "geometry": square(0, 5)}]), mapping=mapping)
    assert result.kept == 1


def test_a_code_of_no_list_is_quarantined(bring):
    result, _ = bring(frame([row("A", 0), row("B", 1, use="9999")]))
    assert [(item.row, item.value) for item in result.quarantined] == [(2, "9999")]


def test_codes_of_another_scheme_are_left_alone(bring):
    mapping = "use_scheme: other:somewhere\nparcel_id: ID\nCODE: {field: use_code}\n"
    _, workspace = bring(frame([{"ID": "A", "CODE": "R-7", "geometry": square(0, 5)}]), mapping=mapping)
    assert workspace.parcels[["use_code", "use_scheme"]].iloc[-1].tolist() == ["R-7", "other:somewhere"]


def test_the_same_import_twice_gives_the_same_bytes(bring, tiny):
    given = frame([row("A", 0)])
    first, _ = bring(given, name="new.parquet")
    head = (tiny / ".gisapp" / "parcels" / "head.json").read_bytes()
    again, workspace = bring(given, name="new.parquet")
    assert again.hash == first.hash == workspace.table.hash
    assert (tiny / ".gisapp" / "parcels" / "head.json").read_bytes() == head


def test_an_interrupted_import_leaves_nothing_behind(tiny, tmp_path):
    frame([row("A", 0)]).to_file(tmp_path / "new.gpkg")

    def stop(stage, done, total):
        if stage == "写入地块表":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_parcels(Workspace(tiny), tmp_path / "new.gpkg", ImportOptions(), progress=stop)
    assert list((tiny / ".gisapp").iterdir()) == []
