"""Vector files as layers: texts of shapefiles, and one clear message where a file cannot be read."""

import geopandas as gpd
import pytest

from gisapp.errors import InputError
from gisapp.io.vector import read_vector, write_geopackage
from tests.tiny import CRS, square


def squares(names):
    return gpd.GeoDataFrame({"名称": names}, geometry=[square(i, 0) for i in range(len(names))], crs=CRS)


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_without_a_cpg_is_read_in_the_code_page_of_its_bytes(tmp_path, encoding):
    path = tmp_path / "a.shp"
    squares(["定山大街", "浦滨路"]).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    frame = read_vector(path)
    assert frame["名称"].tolist() == ["定山大街", "浦滨路"]


def test_coordinates_and_columns_come_back_as_they_are(tmp_path):
    for name in ("a.gpkg", "a.fgb", "a.parquet"):
        path = tmp_path / name
        frame = squares(["甲"])
        frame.to_parquet(path) if name.endswith("parquet") else frame.to_file(path)
        again = read_vector(path)
        assert again.geometry.iloc[0].wkb == frame.geometry.iloc[0].wkb
        assert again.crs == frame.crs


@pytest.mark.parametrize(
    ("name", "message"),
    [("no.gpkg", "文件不存在"), ("a.docx", "不支持的矢量格式"), ("b.gpkg", "文件无法读取")],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(tmp_path, name, message):
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "b.gpkg").write_text("not a database")
    with pytest.raises(InputError, match=message):
        read_vector(tmp_path / name)


def test_a_geopackage_has_the_same_bytes_each_time(tmp_path):
    for name in ("a", "b"):
        write_geopackage({"parcels": squares(["甲", "乙"])}, tmp_path / f"{name}.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
