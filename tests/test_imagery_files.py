"""Imagery from files: a COG is drawn where it lies and as it looks, an MBTiles is handed on as it is."""

from __future__ import annotations

import io
import sqlite3

import numpy as np
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling

from gisapp.errors import CrsError, InputError
from gisapp.tiles.grid import Tile, tile_at
from gisapp.tiles.imagery import media_type
from gisapp.tiles.imagery_cog import CogImagery
from gisapp.tiles.imagery_mbtiles import MbtilesImagery

WEST_M, NORTH_M, SIDE_PX, PIXEL_M = 376_000.0, 3_554_000.0, 400, 5.0
TO_MERCATOR = Transformer.from_crs("EPSG:4549", "EPSG:3857", always_xy=True)
TO_LONLAT = Transformer.from_crs("EPSG:4549", "EPSG:4326", always_xy=True)


def write(path, bands, **options):
    bands = np.asarray(bands)
    profile = {"driver": "GTiff", "width": bands.shape[2], "height": bands.shape[1], "count": len(bands)}
    profile |= {"dtype": bands.dtype.name, "crs": "EPSG:4549"}
    profile |= {"transform": Affine(PIXEL_M, 0.0, WEST_M, 0.0, -PIXEL_M, NORTH_M)} | options
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(bands)
    return path


def cog(path):
    return CogImagery(path, "layers/data/photo.tif")


def flat(*colour, dtype="uint8"):
    return (
        np.ones((len(colour), SIDE_PX, SIDE_PX), dtype=dtype) * np.array(colour, dtype=dtype)[:, None, None]
    )


def middle_tile(z):
    """Return the tile over the middle of the picture."""
    lon, lat = TO_LONLAT.transform(WEST_M + SIDE_PX * PIXEL_M / 2, NORTH_M - SIDE_PX * PIXEL_M / 2)
    return tile_at(lon, lat, z)


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))


def colours(picture):
    return {tuple(colour) for colour in pixels(picture).reshape(-1, 4).tolist()}


def test_a_picture_lies_where_its_coordinates_say(tmp_path):
    """A bright spot of 9 × 9 pixels is found within half a screen pixel of its own coordinates."""
    bands = flat(10, 10, 10)
    row, column = 190, 214
    bands[:, row - 4 : row + 5, column - 4 : column + 5] = 250
    x, y = TO_MERCATOR.transform(WEST_M + (column + 0.5) * PIXEL_M, NORTH_M - (row + 0.5) * PIXEL_M)
    lon, lat = TO_LONLAT.transform(WEST_M + (column + 0.5) * PIXEL_M, NORTH_M - (row + 0.5) * PIXEL_M)
    tile = tile_at(lon, lat, 15)
    west, _, _, north = tile.bounds
    step = tile.side_m / 256
    seen = pixels(cog(write(tmp_path / "spot.tif", bands)).tile(tile))[..., 0].astype(float)
    bright = np.clip(seen - 60.0, 0.0, None)
    rows, columns = np.indices(bright.shape) + 0.5
    assert bright.sum() > 0
    assert (bright * columns).sum() / bright.sum() == pytest.approx((x - west) / step, abs=0.5)
    assert (bright * rows).sum() / bright.sum() == pytest.approx((north - y) / step, abs=0.5)


def test_an_opaque_colour_picture_is_a_jpeg_and_its_outside_transparent(tmp_path):
    source = cog(write(tmp_path / "photo.tif", flat(200, 100, 50)))
    inside = source.tile(middle_tile(16))
    assert media_type(inside) == "image/jpeg"
    assert np.abs(pixels(inside).reshape(-1, 4) - [200, 100, 50, 255]).max() <= 3
    edge = source.tile(middle_tile(12))
    assert media_type(edge) == "image/png"
    assert {(0, 0, 0, 0), (200, 100, 50, 255)} <= colours(edge)
    far = middle_tile(16)
    assert source.tile(Tile(16, far.x + 50, far.y)) == b""


def test_no_data_in_all_bands_is_transparent_and_in_one_band_a_colour(tmp_path):
    bands = flat(0, 0, 0)
    bands[0, :, SIDE_PX // 2 :] = 180  # red alone: the other bands hold the no-data value as a colour
    seen = pixels(cog(write(tmp_path / "black.tif", bands, nodata=0)).tile(middle_tile(14)))
    visible = seen[seen[..., 3] == 255]
    assert len(visible)
    assert np.abs(visible - [180, 0, 0, 255]).max() <= 1
    assert (seen[..., 3] == 0).any()


def test_an_alpha_band_is_kept(tmp_path):
    bands = flat(10, 20, 30, 255)
    bands[3, :, : SIDE_PX // 2] = 0
    path = write(tmp_path / "alpha.tif", bands, photometric="RGB", alpha="unspecified")
    with rasterio.open(path, "r+") as raster:
        raster.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    seen = colours(cog(path).tile(middle_tile(14)))
    assert {(10, 20, 30, 255)} == {colour for colour in seen if colour[3] == 255}
    assert (0, 0, 0, 0) in seen


def test_an_internal_mask_is_kept(tmp_path):
    path = write(tmp_path / "mask.tif", flat(10, 20, 30))
    mask = np.full((SIDE_PX, SIDE_PX), 255, dtype="uint8")
    mask[:, : SIDE_PX // 2] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as raster:
        raster.write_mask(mask)
    alpha = pixels(cog(path).tile(middle_tile(16)))[..., 3]
    assert (alpha == 0).any()
    assert (alpha == 255).any()


def test_a_palette_gives_its_own_colours(tmp_path):
    bands = np.zeros((1, SIDE_PX, SIDE_PX), dtype="uint8")
    bands[0, :, SIDE_PX // 2 :] = 7
    path = write(tmp_path / "palette.tif", bands, photometric="palette")
    with rasterio.open(path, "r+") as raster:
        raster.write_colormap(1, {0: (1, 2, 3, 255), 7: (250, 120, 9, 255)})
    assert colours(cog(path).tile(middle_tile(16))) == {(1, 2, 3, 255), (250, 120, 9, 255)}


def test_one_band_is_grey(tmp_path):
    seen = pixels(cog(write(tmp_path / "grey.tif", flat(90))).tile(middle_tile(16)))
    assert np.abs(seen.reshape(-1, 4) - [90, 90, 90, 255]).max() <= 2


def test_sixteen_bits_are_stretched_between_the_second_and_the_98th_percentile(tmp_path):
    """A ramp from 1000 to 2000 over the whole raster: 2 % of the way is black, 98 % full, alike in all tiles."""
    ramp = np.linspace(1000, 2000, SIDE_PX).round().astype("uint16")
    bands = np.broadcast_to(ramp, (3, SIDE_PX, SIDE_PX)).copy()
    bands[:, 0, 0] = 65_535  # one wild pixel must not darken the picture
    source = cog(write(tmp_path / "deep.tif", bands))
    tile = middle_tile(16)
    west, _, _, north = tile.bounds
    step = tile.side_m / 256
    seen = pixels(source.tile(tile))[..., 0].astype(float)
    back = Transformer.from_crs("EPSG:3857", "EPSG:4549", always_xy=True)
    x, _ = back.transform(west + 128.5 * step, north - 128.5 * step)
    value = 1000 + (x - WEST_M) / (SIDE_PX * PIXEL_M) * 1000
    assert seen[128, 128] == pytest.approx((value - 1020) / 960 * 255, abs=4)
    left, right = source.tile(Tile(16, tile.x - 1, tile.y)), source.tile(tile)
    assert abs(float(pixels(left)[128, -1, 0]) - float(pixels(right)[128, 0, 0])) <= 6


def test_overviews_answer_when_zoomed_out(tmp_path):
    """The overviews hold another colour than the full picture: which one is read shows."""
    path = write(tmp_path / "levels.tif", flat(0, 0, 200), tiled=True, blockxsize=128, blockysize=128)
    with rasterio.open(path, "r+") as raster:
        raster.build_overviews([2, 4, 8], Resampling.average)
    with rasterio.open(path, "r+") as raster:
        raster.write(flat(200, 0, 0))
    near, far = (pixels(cog(path).tile(middle_tile(z))) for z in (16, 12))
    assert near[128, 128, 0] > 190
    visible = far[far[..., 3] == 255]
    assert len(visible)
    assert (visible[:, 2] > 190).all()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("nocrs", {"crs": None}, "影像没有坐标系"),
        ("noplace", {"transform": Affine.identity()}, "影像没有地理位置"),
    ],
)
def test_a_picture_that_does_not_know_its_place_is_refused(tmp_path, name, options, words):
    source = cog(write(tmp_path / f"{name}.tif", flat(1, 2, 3), **options))
    with pytest.raises(CrsError, match=words) as caught:
        source.check()
    assert caught.value.problems[0].file == "layers/data/photo.tif"
    assert caught.value.problems[0].action


def test_a_large_picture_without_overviews_is_refused(tmp_path):
    wide = np.zeros((1, 8, 5000), dtype="uint8")
    with pytest.raises(InputError, match="没有概视图"):
        cog(write(tmp_path / "wide.tif", wide)).check()


def test_what_is_no_geotiff_is_refused(tmp_path):
    missing = cog(tmp_path / "missing.tif")
    assert missing.stamp() == ""
    with pytest.raises(InputError, match="影像无法读取"):
        missing.check()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(write(tmp_path / "whole.tif", flat(1, 2, 3)).read_bytes()[:4000])
    with pytest.raises(InputError, match="影像无法读取"):
        cog(cut).tile(middle_tile(16))


def test_gdal_never_opens_a_database(tmp_path):
    """A database named .tif: no other driver may be tried on it."""
    path = tmp_path / "store.tif"
    mbtiles(path, {(0, 0, 0): picture(1)})
    with pytest.raises(InputError, match="影像无法读取"):
        cog(path).check()


def picture(shade, kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (256, 256), (shade, shade, shade)).save(out, kind)
    return out.getvalue()


def mbtiles(path, tiles):
    """Write tiles given by their address on the map (rows from the north)."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        rows = [(z, x, (1 << z) - 1 - y, held) for (z, x, y), held in tiles.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


def test_mbtiles_are_handed_on_unchanged_with_rows_from_the_north(tmp_path):
    held = {(1, 0, 0): picture(10), (1, 0, 1): picture(20, "JPEG"), (1, 1, 0): picture(30, "WEBP")}
    path = mbtiles(tmp_path / "照片 #1?.mbtiles", held)
    source = MbtilesImagery(path, "layers/photo.mbtiles")
    source.check()
    for (z, x, y), expected in held.items():
        assert source.tile(Tile(z, x, y)) == expected
    assert source.tile(Tile(1, 1, 1)) == b""


def test_mbtiles_are_opened_without_leaving_a_trace(tmp_path):
    path = mbtiles(tmp_path / "photo.mbtiles", {(0, 0, 0): picture(10)})
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    before = sorted(entry.name for entry in tmp_path.iterdir())
    path.chmod(0o444)
    source = MbtilesImagery(path, "layers/photo.mbtiles")
    assert source.tile(Tile(0, 0, 0)) == picture(10)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    assert source.stamp() == f"{path.stat().st_mtime_ns}-{path.stat().st_size}"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "MBTiles 无法读取"),
        (lambda path: path.write_bytes(b"no database at all" * 100), "MBTiles 无法读取"),
        (lambda path: mbtiles(path, {}), "没有瓦片"),
        (lambda path: mbtiles(path, {(0, 0, 0): b"\x1f\x8b\x08 a vector tile"}), "不是图片"),
    ],
    ids=["missing", "garbage", "empty", "vector"],
)
def test_unfit_mbtiles_are_refused(tmp_path, make, words):
    path = tmp_path / "photo.mbtiles"
    make(path)
    with pytest.raises(InputError, match=words) as caught:
        MbtilesImagery(path, "layers/photo.mbtiles").check()
    assert caught.value.problems[0].file == "layers/photo.mbtiles"
