"""Imagery of another server: only allowed hosts, only pictures, bounded, and in the right place."""

from __future__ import annotations

import io
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.warp import reproject

from gisapp.errors import CrsError, InputError
from gisapp.model.layers import Imagery
from gisapp.tiles.grid import Tile, tile_at, to_mercator
from gisapp.tiles.imagery_fetch import AllowList, Fetcher, HostRefusedError, Origin, UpstreamError
from gisapp.tiles.imagery_wmts import WmtsImagery


def picture(colour=(1, 2, 3), side=256, kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, kind)
    return out.getvalue()


class Upstream:
    """A server on 127.0.0.1 that answers each path as told, and remembers what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.released = Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                upstream.asked.append((self.path, dict(self.headers)))
                upstream.answers[urlsplit(self.path).path](self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_port}"
        self.thread = Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.released.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def on(self, path, body=b"", status=200, kind="image/png", **headers):
        def answer(handler):
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer
        return f"http://{self.host}{path}"


@pytest.fixture
def upstream():
    server = Upstream()
    yield server
    server.close()


@pytest.fixture
def elsewhere():
    server = Upstream()
    yield server
    server.close()


def fetcher(upstream, **options):
    return Fetcher(AllowList.parse(upstream.host), **options)


def test_a_picture_of_an_allowed_host_is_handed_on(upstream):
    address = upstream.on("/t", picture())
    assert fetcher(upstream).picture(address) == picture()
    _, headers = upstream.asked[0]
    assert set(headers) <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}


def test_nothing_is_asked_of_a_host_that_is_not_allowed(upstream):
    address = upstream.on("/t", picture())
    for allow in ("", "127.0.0.1", "127.0.0.1:1", "localhost"):
        with pytest.raises(HostRefusedError, match="主机不在允许列表中") as caught:
            Fetcher(AllowList.parse(allow)).picture(address)
        assert caught.value.problems[0].value == upstream.host
        assert "GISAPP_WMTS_ALLOW" in caught.value.problems[0].action
    assert upstream.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://127.0.0.1@elsewhere.example/x",
        "http://elsewhere.example\\@127.0.0.1/x",
        "http:///x",
        "http://127.0.0.1:99999/x",
        "//127.0.0.1/x",
    ],
)
def test_strange_addresses_are_refused(address):
    with pytest.raises(HostRefusedError):
        Fetcher(AllowList.parse("127.0.0.1")).picture(address)


@pytest.mark.parametrize(
    ("text", "origin", "fits"),
    [
        ("maps.local", "http://maps.local/a", True),
        ("MAPS.local.", "https://maps.LOCAL/a", True),
        ("maps.local", "http://maps.local:8080/a", False),
        ("maps.local:8080", "http://maps.local:8080/a", True),
        ("maps.local:8080", "http://maps.local/a", False),
        ("a.local, maps.local:443 ,", "https://maps.local/a", True),
        ("maps.local", "http://evil.maps.local/a", False),
        ("maps.local", "http://maps.local.evil/a", False),
        ("[::1]:8080", "http://[::1]:8080/a", True),
    ],
)
def test_the_list_names_host_and_port(text, origin, fits):
    allow = AllowList.parse(text)
    if fits:
        allow.require(Origin.of(origin))
    else:
        with pytest.raises(HostRefusedError):
            allow.require(Origin.of(origin))


def test_every_fault_of_the_list_is_named():
    with pytest.raises(InputError) as caught:
        AllowList.parse("http://a.local/, *.local, good.local, user@a.local, a:port")
    assert [problem.value for problem in caught.value.problems] == [
        "http://a.local/",
        "*.local",
        "user@a.local",
        "a:port",
    ]


def test_a_redirect_to_another_host_is_refused(upstream, elsewhere):
    target = elsewhere.on("/t", picture())
    address = upstream.on("/t", status=302, Location=target)
    both = Fetcher(AllowList.parse(f"{upstream.host},{elsewhere.host}"))
    with pytest.raises(UpstreamError, match="转到另一主机"):
        both.picture(address)
    assert elsewhere.asked == []
    with pytest.raises(UpstreamError, match="转到另一主机"):
        both.picture(upstream.on("/f", status=301, Location="file:///etc/passwd"))


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(upstream):
    upstream.on("/b/t", picture())
    assert fetcher(upstream).picture(upstream.on("/a/t", status=307, Location="../b/t")) == picture()
    with pytest.raises(UpstreamError, match="转向次数过多"):
        fetcher(upstream).picture(upstream.on("/round", status=302, Location="/round"))


def test_a_huge_answer_is_cut_off(upstream):
    upstream.answers["/t"] = lambda handler: endless(handler, upstream)
    with pytest.raises(UpstreamError, match="超过 64 KB"):
        fetcher(upstream, most_bytes=65_536).picture(f"http://{upstream.host}/t")


def endless(handler, upstream):
    handler.send_response(200)
    handler.send_header("Content-Type", "image/png")
    handler.end_headers()
    handler.wfile.write(picture())
    while not upstream.released.is_set():
        try:
            handler.wfile.write(b"0" * 65_536)
        except OSError:
            return


@pytest.mark.parametrize("where", ["before", "within", "after"])
def test_a_trickle_ends_with_the_time_allowed(upstream, where):
    """A server that stalls before its answer, within its headers, or after a whole picture of unsaid length."""

    def stall(handler):
        if where != "before":
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n")
        if where == "after":
            handler.wfile.write(b"\r\n" + picture())
        handler.wfile.flush()
        while not upstream.released.wait(0.05):
            if where == "within":
                try:
                    handler.wfile.write(b"X: 1\r\n")
                except OSError:
                    return

    upstream.answers["/t"] = stall
    began = time.monotonic()
    with pytest.raises(UpstreamError, match="无法连接或中断"):
        fetcher(upstream, seconds=0.4).picture(f"http://{upstream.host}/t")
    assert time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_said_so(upstream):
    host = upstream.host
    upstream.http.server_close()
    with pytest.raises(UpstreamError, match=f"无法连接或中断：{host}"):
        Fetcher(AllowList.parse(host), seconds=2).picture(f"http://{host}/t?key=secret")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>login</html>", "text/html; charset=utf-8"),
        (b"<html>login</html>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (picture(), "text/html"),
        (b"", "image/png"),
    ],
)
def test_what_is_no_picture_is_refused(upstream, body, kind):
    with pytest.raises(UpstreamError, match="不是图片"):
        fetcher(upstream).picture(upstream.on("/t", body, kind=kind))


def test_no_tile_is_nothing_and_an_error_an_error(upstream):
    ask = fetcher(upstream).picture
    assert ask(upstream.on("/none", status=404)) == b""
    assert ask(upstream.on("/range", b"<e exceptionCode='TileOutOfRange'/>", status=400)) == b""
    with pytest.raises(UpstreamError, match="返回错误 403"):
        ask(upstream.on("/key", status=403) + "?tk=secret")
    with pytest.raises(UpstreamError, match="返回错误 400"):
        ask(upstream.on("/bad", status=400))


def spec(**changes):
    entry = {
        "id": "photo",
        "title": {"zh": "影像"},
        "kind": "wmts",
        "source": "http://maps.local/img_c/wmts?tk=k",
    }
    entry |= {"authority": "测试", "licence": "测试", "layer": "img", "matrix_set": "c", "crs": "EPSG:4490"}
    return Imagery.model_validate(entry | changes)


def test_the_address_of_a_kvp_service():
    address = WmtsImagery(spec(style="default", format="tiles"), lambda _: b"").address(14, 13_600, 2_640)
    parts = urlsplit(address)
    assert (parts.netloc, parts.path) == ("maps.local", "/img_c/wmts")
    assert {name: values[0] for name, values in parse_qs(parts.query).items()} == {
        "tk": "k",
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": "img",
        "STYLE": "default",
        "TILEMATRIXSET": "c",
        "TILEMATRIX": "14",
        "TILEROW": "2640",
        "TILECOL": "13600",
        "FORMAT": "tiles",
    }


def test_the_address_of_a_restful_service():
    source = "http://maps.local/rest/{Layer}/{style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.jpg"
    entry = spec(
        source=source, matrix_set="EPSG:4326", matrix_prefix="EPSG:4326:", matrix_offset=-1, style="a b"
    )
    address = WmtsImagery(entry, lambda _: b"").address(5, 3, 2)
    assert address == "http://maps.local/rest/img/a%20b/EPSG:4326/EPSG:4326:4/2/3.jpg"


def test_a_mercator_service_is_passed_through(upstream):
    source = f"http://{upstream.host}/w/{{TileMatrix}}/{{TileRow}}/{{TileCol}}"
    upstream.on("/w/3/2/6", picture((9, 9, 9), kind="JPEG"))
    wmts = WmtsImagery(spec(crs="EPSG:3857", source=source), fetcher(upstream).picture)
    assert wmts.tile(Tile(3, 6, 2)) == picture((9, 9, 9), kind="JPEG")


def test_another_grid_is_refused():
    with pytest.raises(CrsError, match="坐标系不支持"):
        WmtsImagery(spec(crs="EPSG:4549"), lambda _: b"").check()


SPOTS = [(118.601, 32.018), (118.6125, 32.0301), (118.6211, 32.0062)]
LEVEL = 14


def geographic_picture():
    """Three soft spots on a geographic grid, 4 × 4 pictures of level 14 in one array, with its transform."""
    side = 360.0 / 2**LEVEL
    column, row = int((118.6 + 180) // side) - 1, int((90 - 32.02) // side) - 1
    west, north, pixel = column * side - 180, 90 - row * side, side / 256
    rows, columns = np.indices((1024, 1024)) + 0.5
    grey = np.full((1024, 1024), 20.0)
    for lon, lat in SPOTS:
        far = np.hypot(columns - (lon - west) / pixel, rows - (north - lat) / pixel)
        grey += 220.0 * np.exp(-((far / 5.0) ** 2))
    return (
        np.rint(np.clip(grey, 0, 255)).astype("uint8"),
        Affine(pixel, 0, west, 0, -pixel, north),
        column,
        row,
    )


def served(grey, column, row):
    """Return a fetch over the pictures of an array, addressed as level/row/column."""

    def fetch(address):
        level, r, c = (int(part) for part in address.rsplit("/", 3)[1:])
        assert level == LEVEL
        r, c = r - row, c - column
        assert 0 <= r < 4
        assert 0 <= c < 4
        out = io.BytesIO()
        Image.fromarray(grey[256 * r : 256 * r + 256, 256 * c : 256 * c + 256]).save(out, "PNG")
        return out.getvalue()

    return fetch


def centroid(grey):
    bright = np.clip(grey.astype(float) - 40.0, 0.0, None)
    rows, columns = np.indices(bright.shape) + 0.5
    return (bright * columns).sum() / bright.sum(), (bright * rows).sum() / bright.sum()


@pytest.mark.parametrize("spot", SPOTS)
def test_a_geographic_pyramid_lies_right_to_less_than_a_pixel(spot):
    """Against the spot's own coordinates, and against a warp of the same pictures by GDAL."""
    grey, transform, column, row = geographic_picture()
    tile = tile_at(*spot, LEVEL)
    west, _, _, north = tile.bounds
    step = tile.side_m / 256
    entry = spec(source="http://maps.local/{TileMatrix}/{TileRow}/{TileCol}")
    drawn = WmtsImagery(entry, served(grey, column, row)).tile(tile)
    seen = np.asarray(Image.open(io.BytesIO(drawn)).convert("L"))
    warped = np.zeros((256, 256), dtype="uint8")
    reproject(
        grey, warped, src_transform=transform, src_crs="EPSG:4490", dst_crs="EPSG:3857",
        dst_transform=Affine(step, 0, west, 0, -step, north), resampling=Resampling.bilinear,
    )  # fmt: skip
    x, y = to_mercator(np.array([spot]))[0]
    expected = (x - west) / step, (north - y) / step
    left, top = (int(place) - 20 for place in expected)
    assert min(left, top) >= 0
    assert max(left, top) <= 216
    around = np.s_[top : top + 40, left : left + 40]
    found = np.add(centroid(seen[around]), (left, top))
    assert found == pytest.approx(expected, abs=0.5)
    assert found == pytest.approx(np.add(centroid(warped[around]), (left, top)), abs=0.5)
    assert np.abs(seen[2:-2].astype(int) - warped[2:-2].astype(int)).mean() < 2


def test_neighbouring_tiles_of_a_geographic_pyramid_meet_without_a_seam():
    """A ramp over latitude runs on from the last row of one tile to the first row of the next."""
    ramp = np.linspace(0, 255, 1024)[:, None].repeat(1024, axis=1).astype("uint8")
    _, _, column, row = geographic_picture()
    wmts = WmtsImagery(
        spec(source="http://maps.local/{TileMatrix}/{TileRow}/{TileCol}"), served(ramp, column, row)
    )
    tile = tile_at(118.61, 32.02, LEVEL)
    upper, lower = (
        np.asarray(
            Image.open(io.BytesIO(wmts.tile(Tile(LEVEL, tile.x, tile.y + down)))).convert("L"), dtype=int
        )
        for down in (0, 1)
    )
    assert np.abs(upper[-1] - lower[0]).max() <= 3


def test_a_missing_half_is_transparent_and_a_missing_whole_nothing():
    entry = spec(source="http://maps.local/{TileMatrix}/{TileRow}/{TileCol}")
    tile = tile_at(118.61, 32.02, LEVEL)
    rows = []

    def upper_only(address):
        rows.append(int(address.rsplit("/", 2)[1]))
        return picture((200, 0, 0)) if rows[-1] == min(rows) else b""

    seen = np.asarray(Image.open(io.BytesIO(WmtsImagery(entry, upper_only).tile(tile))))
    assert len(rows) == 2
    assert tuple(seen[0, 0]) == (200, 0, 0, 255)
    assert tuple(seen[-1, 0]) == (0, 0, 0, 0)
    half = seen[(seen[..., 3] > 0) & (seen[..., 3] < 255)]
    assert (half[:, 0] >= 198).all()
    assert WmtsImagery(entry, lambda _: b"").tile(tile) == b""


@pytest.mark.parametrize("bad", [b"\x89PNG\r\n\x1a\n broken", picture(side=2048)])
def test_a_broken_or_huge_picture_is_refused(bad):
    with pytest.raises(UpstreamError):
        WmtsImagery(spec(), lambda _: bad).tile(tile_at(118.61, 32.02, LEVEL))


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "file:///etc/passwd"},
        {"matrix_set": None},
        {"layer": None},
        {"min_zoom": 12, "max_zoom": 10},
        {"kind": "cog", "source": "../secret.tif"},
        {"kind": "mbtiles", "source": "/data/photo.mbtiles"},
        {"format": "text/html"},
    ],
)
def test_the_entry_itself_is_checked(changes):
    with pytest.raises(ValidationError):
        spec(**changes)
