"""A reference layer is imported into its catalogue entry: checked against it, replaced whole or not at all."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from gisapp import Workspace
from tests.commands import call, files
from tests.tiny import CRS, rectangle


@pytest.fixture
def redline(tmp_path):
    """A file for the entry `redline`, in degrees."""
    path = tmp_path / "redline.geojson"
    rows = {"mc": ["甲", "乙"], "geometry": [rectangle(0, 0, 1, 1), rectangle(2, 0, 1, 1)]}
    gpd.GeoDataFrame(rows, crs=CRS).to_crs(4326).to_file(path)
    return path


def test_a_layer_ends_in_the_declared_crs_under_the_declared_names(tiny, redline):
    code, out, _ = call("import", tiny, redline, "--to", "redline", "--replace")
    layer = Workspace(tiny).context().layers["redline"]
    assert code == 0
    assert (out["to"], out["rows_in"], out["kept"]) == ("redline", 2, 2)
    assert sorted(layer.frame["name"]) == ["乙", "甲"]
    assert layer.frame.area.sum() == pytest.approx(20_000.0, rel=1e-6)


def test_data_that_is_there_is_not_replaced_unasked(tiny, redline):
    before = files(tiny)
    code, out, _ = call("import", tiny, redline, "--to", "redline")
    assert code == 2
    assert "--replace" in out["error"]["action"]
    assert files(tiny) == before


def test_an_unknown_layer_is_named_beside_those_there_are(tiny, redline):
    code, out, _ = call("import", tiny, redline, "--to", "metro")
    assert code == 2
    assert "redline" in out["error"]["action"]


def test_a_column_that_lacks_is_named(tiny, redline):
    before = files(tiny / "layers")
    code, out, _ = call("import", tiny, redline, "--to", "udb", "--replace")
    assert code == 3
    assert out["error"]["problems"][0]["value"] == "GHFQMC"
    assert files(tiny / "layers") == before


def test_features_of_another_kind_are_quarantined(tiny, tmp_path):
    rows = {
        "MC": ["面", "点", "空"],
        "geometry": [rectangle(0, 0, 1, 1), shapely.Point(380_000, 3_550_000), None],
    }
    gpd.GeoDataFrame(rows, crs=CRS).to_parquet(tmp_path / "x.parquet")
    code, out, _ = call("import", tiny, tmp_path / "x.parquet", "--to", "redline", "--replace")
    assert code == 0
    assert [(item["row"], item["reason"]) for item in out["quarantined"]] == [
        (2, "几何不是面"),
        (3, "几何为空"),
    ]


def test_a_dry_run_of_a_layer_writes_nothing(tiny, redline):
    before = files(tiny)
    assert call("import", tiny, redline, "--to", "redline", "--replace", "--dry-run")[0] == 0
    assert files(tiny) == before


def test_a_mapping_is_for_parcels_only(tiny, redline, tmp_path):
    (tmp_path / "m.yaml").write_text("parcel_id: x\n", encoding="utf-8")
    assert call("import", tiny, redline, "--to", "redline", "--replace", "--map", tmp_path / "m.yaml")[0] == 2


@pytest.mark.parametrize(("crs", "code"), [(CRS, 0), (None, 3)])
def test_a_raster_is_taken_if_it_says_where_it_is(tiny, tmp_path, crs, code):
    text = (tiny / "layers" / "catalog.yaml").read_text(encoding="utf-8")
    entry = "- {id: dem, title: {zh: 高程}, group: all, kind: raster, source: data/dem.tif, crs: 'EPSG:4549', authority: a, licence: b, role: elevation}\n"
    (tiny / "layers" / "catalog.yaml").write_text(
        text.replace("layers:\n", f"layers:\n{entry}", 1), encoding="utf-8"
    )
    place = rasterio.Affine(50, 0, 380_000, 0, -50, 3_550_100)
    options = {
        "driver": "GTiff",
        "width": 2,
        "height": 2,
        "count": 1,
        "dtype": "float32",
        "transform": place,
        "crs": crs,
    }
    with rasterio.open(tmp_path / "dem.tif", "w", **options) as raster:
        raster.write(np.zeros((1, 2, 2), dtype="float32"))
    assert call("import", tiny, tmp_path / "dem.tif", "--to", "dem")[0] == code
    assert (tiny / "layers" / "data" / "dem.tif").exists() == (code == 0)
