"""Files as people send them: Shapefiles in GBK, archives, wrong names; and hostile ones."""

import json
import zipfile

import geopandas as gpd
import numpy as np
import pyproj
import pytest

from gisapp.crs import ellipsoidal_area
from gisapp.errors import InputError
from gisapp.io.importfile import read_source
from tests.commands import call
from tests.tiny import CRS, square


def shapefile(folder, *, encoding="GBK", keep_cpg=False):
    folder.mkdir(exist_ok=True)
    frame = gpd.GeoDataFrame(
        {"DKMC": ["浦滨路北侧"], "YDYHFLDM": ["100101"]}, geometry=[square(0, 0)], crs=CRS
    )
    frame.to_file(folder / "p.shp", encoding=encoding)
    if not keep_cpg:
        (folder / "p.cpg").unlink()
    return folder / "p.shp"


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_without_cpg_reads_without_garbled_text(tmp_path, encoding):
    source = read_source(shapefile(tmp_path / "s", encoding=encoding))
    assert source.frame["DKMC"].iloc[0] == "浦滨路北侧"


def test_a_cpg_that_lies_is_seen_and_said(tmp_path):
    path = shapefile(tmp_path / "s")
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    source = read_source(path)
    assert source.frame["DKMC"].iloc[0] == "浦滨路北侧"
    assert [note.kind for note in source.notes] == ["encoding"]


def test_a_zipped_shapefile_in_a_folder_is_found(tmp_path):
    folder = shapefile(tmp_path / "s").parent
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"数据/{path.name}")
    assert len(read_source(tmp_path / "s.zip").frame) == 1


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_with_a_part_missing_is_named(tmp_path, part):
    path = shapefile(tmp_path / "s")
    path.with_suffix(part).unlink()
    with pytest.raises(InputError, match=rf"缺少 \{part}"):
        read_source(path)


def test_a_name_that_promises_another_kind_is_refused(tmp_path):
    (tmp_path / "x.geojson").write_text("<OGRVRTDataSource/>", encoding="utf-8")
    (tmp_path / "x.gpkg").write_bytes(b"nothing")
    for name in ("x.geojson", "x.gpkg"):
        with pytest.raises(InputError, match="内容与扩展名不符"):
            read_source(tmp_path / name)


def test_a_geopackage_with_two_layers_asks_which(tmp_path):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[square(0, 0)], crs=CRS)
    for layer in ("甲", "乙"):
        frame.to_file(tmp_path / "two.gpkg", layer=layer)
    with pytest.raises(InputError, match="甲、乙"):
        read_source(tmp_path / "two.gpkg")
    assert len(read_source(tmp_path / "two.gpkg", layer="乙").frame) == 1


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../evil.shp", "x")
    with pytest.raises(InputError, match="文件夹之外"):
        read_source(tmp_path / "x.zip")


REFUSED = {
    "bomb.zip": "压缩包异常",
    "empty.geojson": "没有任何记录",
    "gbk_no_prj.zip": "EPSG:4549",
    "lat_lon_swapped.geojson": "写反",
    "missing_dbf.zip": ".dbf",
    "missing_shx.zip": ".shx",
    "nan_coordinates.geojson": "NaN",
    "truncated.geojson": "无法读取",
    "utf8_traversal_member.zip": "文件夹之外",
    "vrt_named.geojson": "内容与扩展名不符",
    "xxe.kml": "不支持的文件格式",
    "zone_prefixed_no_prj.zip": "EPSG:4528",
}


@pytest.fixture(scope="module")
def torture(shared_data):
    return shared_data / "import_torture"


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "w"
    assert call("init", folder, "--empty")[0] == 0
    return folder


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_cannot_be_taken_is_refused_with_one_reason(torture, empty, name):
    code, out, err = call("import", empty, torture / name)
    assert code == 3
    assert REFUSED[name] in out["error"]["message"]
    assert "Traceback" not in err
    assert not (empty / ".gisapp" / "parcels").exists()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("gbk_with_cpg.zip", None),
        ("gbk_no_cpg.zip", None),
        ("gbk_lying_utf8_cpg.zip", None),
        ("utf8_no_cpg.zip", None),
        ("gbk_no_prj.zip", "EPSG:4549"),
        ("zone_prefixed_no_prj.zip", "EPSG:4528"),
        ("wgs84.geojson", None),
        ("polygon_z.gpkg", None),
    ],
)
def test_a_sound_file_is_taken_whole(torture, empty, name, crs):
    from gisapp import Workspace

    code, out, _ = call("import", empty, torture / name, *(["--crs", crs] if crs else []))
    expected = json.loads((torture / "expected.json").read_text(encoding="utf-8"))[name]
    parcels = Workspace(empty).parcels
    assert code == 0
    assert out["kept"] == out["rows_in"] == expected["rows"] == len(parcels)
    assert parcels["name"].iloc[0] == expected["first_name"]
    area = ellipsoidal_area(parcels.geometry.to_numpy(), parcels.crs).sum()
    assert area == pytest.approx(expected["ellipsoidal_area_m2"], rel=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["bowtie_null_empty.gpkg", "mixed_geometry.geojson", "duplicate_ids.gpkg"])
def test_faulty_rows_are_set_aside_one_by_one(torture, empty, name):
    expected = json.loads((torture / "expected.json").read_text(encoding="utf-8"))[name]
    code, out, _ = call("import", empty, torture / name)
    assert code == 0
    assert out["rows_in"] == out["kept"] + len(out["fixed"]) + len(out["quarantined"])
    assert all(item["reason"] for item in out["quarantined"])
    assert len(out["quarantined"]) == expected.get("quarantined", 2)


@pytest.mark.shared
def test_overlaps_are_listed_and_change_no_area(torture, empty):
    from gisapp import Workspace

    code, out, _ = call("import", empty, torture / "overlapping.gpkg")
    before = gpd.read_file(torture / "overlapping.gpkg").area.sum()
    assert code == 0
    assert sum(note["kind"] == "overlap" for note in out["findings"]) > 0
    assert Workspace(empty).parcels.area.sum() == before


@pytest.mark.shared
def test_a_table_joins_on_the_parcel_code(torture, empty):
    call("import", empty, torture / "wgs84.geojson")
    code, out, _ = call("import", empty, torture / "table_gb18030_formula.csv")
    assert code == 0
    assert out["kept"] == 60


@pytest.mark.shared
def test_gcj02_positions_come_back_to_a_decimetre(torture, empty, tmp_path):
    from gisapp import Workspace

    assert call("import", empty, torture / "gcj02_claims_wgs84.geojson", "--datum", "gcj-02")[0] == 0
    converted = Workspace(empty).parcels
    assert call("init", tmp_path / "true", "--empty")[0] == 0
    call("import", tmp_path / "true", torture / "wgs84.geojson")
    true = Workspace(tmp_path / "true").parcels
    gap = [a.hausdorff_distance(b) for a, b in zip(converted.geometry, true.geometry, strict=True)]
    assert max(gap) < 0.1
    assert all(json.loads(text)["_datum"] == "GCJ-02" for text in converted["src"])


@pytest.mark.parametrize(("datum", "metres"), [("GCJ-02", 541), ("BD-09", 1186)])
def test_the_shift_near_nanjing_has_its_known_size(datum, metres):
    from gisapp.io import importdatum

    forward = importdatum._gcj02 if datum == "GCJ-02" else importdatum._bd09
    here = np.array([[118.70, 32.10]])
    there = forward(here)
    distance = pyproj.Geod(ellps="WGS84").inv(*here[0], *there[0])[2]
    assert distance == pytest.approx(metres, abs=1)
    assert importdatum._invert(forward, there) == pytest.approx(here, abs=1e-10)


def test_a_shift_of_plane_coordinates_is_refused(tmp_path, empty):
    frame = gpd.GeoDataFrame({"parcel_id": ["A"], "use_code": ["0802"]}, geometry=[square(0, 0)], crs=CRS)
    frame.to_file(tmp_path / "a.gpkg")
    assert call("import", empty, tmp_path / "a.gpkg", "--datum", "GCJ-02")[0] == 3
    assert call("import", empty, tmp_path / "a.gpkg", "--datum", "Mars")[0] == 2
