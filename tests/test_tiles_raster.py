import io

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio import Affine
from rasterio.warp import transform

from gisapp.errors import CrsError, InputError
from gisapp.tiles import ColourRamp, RasterSource
from gisapp.tiles.grid import Tile, tile_at, to_lonlat

RAMP = [(0.0, "#000000", 1.0), (10.0, "#0000ff", 1.0), (20.0, "#ff0000", 0.5)]
WEST_M, NORTH_M, SIDE_PX, PIXEL_M = 376_000.0, 3_554_000.0, 200, 10.0


def write(path, values, *, nodata=-9999.0, crs="EPSG:4549", **options):
    profile = {"driver": "GTiff", "width": values.shape[1], "height": values.shape[0], "count": 1}
    profile |= {"dtype": "float32", "crs": crs, "nodata": nodata}
    profile |= {"transform": Affine(PIXEL_M, 0.0, WEST_M, 0.0, -PIXEL_M, NORTH_M)} | options
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(values.astype("float32"), 1)
    return path


@pytest.fixture
def flat(tmp_path):
    """2 km × 2 km of the value 10, the west half without data."""
    values = np.full((SIDE_PX, SIDE_PX), 10.0)
    values[:, : SIDE_PX // 2] = -9999.0
    return write(tmp_path / "flat.tif", values)


def pixels(png):
    image = Image.open(io.BytesIO(png))
    assert image.mode == "RGBA"
    return np.asarray(image)


def centre_tile(z):
    lon, lat = transform("EPSG:4549", "EPSG:4326", [WEST_M + 1000], [NORTH_M - 1000])
    return tile_at(lon[0], lat[0], z)


def test_ramp_is_straight_between_stops_and_constant_beyond():
    colours = ColourRamp(tuple(RAMP)).rgba(np.array([-5.0, 0.0, 5.0, 10.0, 15.0, 99.0, np.nan]))
    assert colours.tolist() == [
        [0, 0, 0, 255],
        [0, 0, 0, 255],
        [0, 0, 128, 255],
        [0, 0, 255, 255],
        [128, 0, 128, 191],
        [255, 0, 0, 128],
        [0, 0, 0, 0],
    ]


def test_faults_of_a_ramp_are_reported_together():
    with pytest.raises(InputError) as caught:
        ColourRamp(((1.0, "red", 1.0), (1.0, "#ff0000", 2.0)))
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError, match="色带为空"):
        ColourRamp(())


@pytest.mark.parametrize("size", [256, 512])
def test_data_is_coloured_and_nodata_transparent(flat, size):
    tile = centre_tile(13)
    image = pixels(RasterSource(flat, RAMP, size_px=size).tile(tile.z, tile.x, tile.y))
    assert image.shape == (size, size, 4)
    colours = {tuple(colour) for colour in image.reshape(-1, 4).tolist()}
    assert colours == {(0, 0, 0, 0), (0, 0, 255, 255)}


def cells(tile):
    """Column and row of the raster, in pixels from its corner, under each pixel centre of a tile."""
    west, _, _, north = tile.bounds
    along = (np.arange(256) + 0.5) * tile.side_m / 256
    x, y = np.meshgrid(west + along, north - along)
    lonlat = to_lonlat(np.column_stack([x.ravel(), y.ravel()]))
    east, northing = transform("EPSG:4490", "EPSG:4549", lonlat[:, 0], lonlat[:, 1])
    column, row = (np.array(east) - WEST_M) / PIXEL_M, (NORTH_M - np.array(northing)) / PIXEL_M
    return column.reshape(256, 256), row.reshape(256, 256)


def test_pixels_lie_where_the_projection_says(tmp_path):
    columns = np.tile(np.arange(SIDE_PX, dtype=float), (SIDE_PX, 1))
    path = write(tmp_path / "ramp.tif", columns)
    tile = centre_tile(15)
    ramp = [(0.0, "#000000", 1.0), (255.0, "#ff0000", 1.0)]
    image = pixels(RasterSource(path, ramp).tile(tile.z, tile.x, tile.y))
    column, row = cells(tile)
    inner = (column > 1) & (column < SIDE_PX - 1) & (row > 1) & (row < SIDE_PX - 1)
    assert inner.sum() > 10_000
    np.testing.assert_allclose(image[inner, 0], column[inner] - 0.5, atol=0.75)


def test_raster_without_nodata_value_is_transparent_outside(tmp_path):
    path = write(tmp_path / "all.tif", np.zeros((SIDE_PX, SIDE_PX)), nodata=None)
    tile = centre_tile(13)
    alpha = pixels(RasterSource(path, RAMP).tile(tile.z, tile.x, tile.y))[..., 3]
    column, row = cells(tile)
    inside = (column >= 1) & (column < SIDE_PX - 1) & (row >= 1) & (row < SIDE_PX - 1)
    outside = (column < -1) | (column > SIDE_PX + 1) | (row < -1) | (row > SIDE_PX + 1)
    assert inside.any() and outside.any()
    assert (alpha[inside] == 255).all() and (alpha[outside] == 0).all()


@pytest.mark.parametrize("address", [(0, 0, 0), (1, 1, 0), (1, 0, 1), (14, 0, 0), (14, 13594, 16383)])
def test_far_tiles_are_empty_or_clear(flat, address):
    data = RasterSource(flat, RAMP).tile(*address)
    assert data == b"" or (pixels(data)[..., 3] > 0).sum() <= 4


def test_low_zooms_use_overviews(tmp_path):
    path = write(
        tmp_path / "cog.tif", np.full((1024, 1024), 10.0), tiled=True, blockxsize=256, blockysize=256
    )
    with rasterio.open(path, "r+") as raster:
        raster.build_overviews([2, 4], rasterio.enums.Resampling.average)
    tile = centre_tile(12)
    image = pixels(RasterSource(path, RAMP).tile(tile.z, tile.x, tile.y))
    assert {tuple(colour) for colour in image.reshape(-1, 4).tolist()} <= {(0, 0, 0, 0), (0, 0, 255, 255)}


def test_bytes_do_not_vary_and_are_kept(flat):
    tile = centre_tile(13)
    source = RasterSource(flat, RAMP)
    first = source.tile(tile.z, tile.x, tile.y)
    assert source.tile(tile.z, tile.x, tile.y) is first
    assert RasterSource(flat, RAMP).tile(tile.z, tile.x, tile.y) == first


def test_nearest_keeps_classes_apart(tmp_path):
    values = np.where(np.indices((SIDE_PX, SIDE_PX)).sum(axis=0) % 2, 0.0, 20.0)
    tile = centre_tile(16)
    source = RasterSource(write(tmp_path / "class.tif", values), RAMP, resampling="nearest")
    image = pixels(source.tile(tile.z, tile.x, tile.y))
    assert {tuple(colour) for colour in image.reshape(-1, 4).tolist()} == {(0, 0, 0, 255), (255, 0, 0, 128)}


def test_missing_file_and_missing_crs_say_so(tmp_path):
    with pytest.raises(InputError, match="无法读取"):
        RasterSource(tmp_path / "none.tif", RAMP).tile(0, 0, 0)
    path = write(tmp_path / "bare.tif", np.zeros((4, 4)), crs=None)
    with pytest.raises(CrsError, match="没有坐标系"):
        RasterSource(path, RAMP).tile(0, 0, 0)


def test_address_outside_the_pyramid_is_refused(flat):
    with pytest.raises(InputError):
        RasterSource(flat, RAMP).tile(Tile(0, 0, 0).z, 1, 0)
