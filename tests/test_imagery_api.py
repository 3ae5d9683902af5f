"""Imagery of a workspace: the catalogue's entries by id, what the route answers, and what is kept."""

from __future__ import annotations

import json
import warnings

import pytest
import yaml
from starlette.applications import Starlette
from starlette.routing import Route

from gisapp.api.imagery import imagery_tile
from gisapp.app.imagery import FRESH_SECONDS, ImageryTiles, imagery_info, imagery_tiles
from gisapp.app.server import Server
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError
from gisapp.settings import Settings
from gisapp.tiles.imagery_fetch import AllowList
from tests.test_imagery_files import flat, mbtiles, middle_tile, picture, write
from tests.test_imagery_wmts import Upstream
from tests.tiny import write_tiny_workspace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient

PATH = "/api/imagery/{id}/{z:int}/{x:int}/{y:int}"


@pytest.fixture
def upstream():
    server = Upstream()
    yield server
    server.close()


def entry(id_, kind, source, **more):
    return {
        "id": id_, "title": {"zh": f"影像 {id_}", "en": f"Imagery {id_}"}, "kind": kind, "source": source,
        "authority": "测试局", "licence": "内部使用", "as_of": "2025-10-01", **more,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path, upstream):
    """A workspace with one entry of each kind, and one whose file is missing."""
    folder = write_tiny_workspace(tmp_path / "tiny")
    write(folder / "layers" / "data" / "photo.tif", flat(200, 100, 50))
    tile = middle_tile(12)
    mbtiles(folder / "layers" / "data" / "photo.mbtiles", {(12, tile.x, tile.y): picture(70)})
    grid = {"layer": "img", "matrix_set": "w", "min_zoom": 3}
    catalog = folder / "layers" / "catalog.yaml"
    data = yaml.safe_load(catalog.read_text(encoding="utf-8"))
    data["imagery"] = [
        entry("ortho", "cog", "data/photo.tif", max_zoom=19),
        entry("tiles", "mbtiles", "data/photo.mbtiles", attribution="某测绘院"),
        entry("service", "wmts", f"http://{upstream.host}/w?key=secret", **grid),
        entry("gone", "cog", "data/gone.tif"),
    ]
    catalog.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def client(folder, upstream, monkeypatch):
    monkeypatch.setenv("GISAPP_WMTS_ALLOW", upstream.host)
    server = Server(Settings(folder))
    return TestClient(Starlette(routes=[Route(PATH, lambda request: imagery_tile(server, request))]))


def ask(client, id_, z=12, tile=None):
    tile = tile or middle_tile(z)
    return client.get(f"/api/imagery/{id_}/{tile.z}/{tile.x}/{tile.y}")


def assert_error(answer, status, *words):
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "action"}
    assert error["action"]
    for word in words:
        assert word in error["message"]
    assert answer.headers["cache-control"] == "no-store"
    assert "secret" not in answer.text


def test_files_answer_with_pictures(client):
    photo = ask(client, "ortho", 16)
    assert photo.status_code == 200
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.headers["x-content-type-options"] == "nosniff"
    held = ask(client, "tiles")
    assert held.headers["content-type"] == "image/png"
    assert held.content == picture(70)


def test_nothing_is_204(client):
    assert client.get("/api/imagery/tiles/12/0/0").status_code == 204
    assert client.get("/api/imagery/ortho/12/0/0").status_code == 204
    assert ask(client, "ortho", 20).status_code == 204  # beyond max_zoom


def test_what_is_wrong_is_said(client):
    assert_error(ask(client, "unknown"), 404, "没有这个影像", "unknown")
    assert_error(ask(client, "gone"), 422, "影像无法读取", "layers/data/gone.tif")
    assert_error(client.get("/api/imagery/ortho/3/8/0"), 422, "瓦片编号超出范围")


def test_another_server_is_asked_by_us_and_only_once(client, upstream):
    upstream.on("/w", picture(90))
    assert ask(client, "service").content == picture(90)
    assert ask(client, "service").content == picture(90)
    assert len(upstream.asked) == 1
    assert "key=secret" in upstream.asked[0][0]
    assert client.get("/api/imagery/service/2/0/0").status_code == 204  # before min_zoom
    assert len(upstream.asked) == 1


def test_a_failure_of_another_server_is_502_and_not_kept(client, upstream):
    upstream.on("/w", b"<html>", kind="text/html")
    assert_error(ask(client, "service"), 502, "不是图片", upstream.host)
    upstream.on("/w", picture(90))
    assert ask(client, "service").status_code == 200


def test_no_host_is_allowed_by_default(folder, upstream, monkeypatch):
    monkeypatch.delenv("GISAPP_WMTS_ALLOW", raising=False)
    server = Server(Settings(folder))
    client = TestClient(Starlette(routes=[Route(PATH, lambda request: imagery_tile(server, request))]))
    assert_error(ask(client, "service"), 403, "主机不在允许列表中", upstream.host)
    assert upstream.asked == []


def test_a_visitor_cannot_name_a_host(client, upstream):
    upstream.on("/w", picture(90))
    tile = middle_tile(12)
    answer = client.get(
        f"/api/imagery/service/12/{tile.x}/{tile.y}?source=http://elsewhere.example/&url=http://elsewhere.example/"
    )
    assert answer.status_code == 200
    assert "elsewhere" not in upstream.asked[0][0]


def test_the_check_names_each_entry_and_asks_nobody(folder, upstream):
    catalog = Workspace(folder).catalog
    problems = ImageryTiles(catalog.imagery, folder, allow=AllowList()).check()
    assert [(p.message, p.file, p.field) for p in problems] == [
        ("影像服务的主机不在允许列表中", "layers/catalog.yaml", "imagery.service.source"),
        ("影像无法读取", "layers/data/gone.tif", "imagery.gone.source"),
    ]
    assert all(problem.action for problem in problems)
    assert upstream.asked == []


def test_the_boot_document_has_titles_but_no_address(folder):
    catalog = Workspace(folder).catalog
    info = imagery_info(catalog, "zh")
    assert [one["id"] for one in info] == ["ortho", "tiles", "service", "gone"]
    assert info[1]["attribution"] == "某测绘院"
    assert info[0] == {
        "id": "ortho",
        "title": "影像 ortho",
        "attribution": "测试局",
        "as_of": "2025-10-01",
        "authority": "测试局",
        "licence": "内部使用",
        "min_zoom": 0,
        "max_zoom": 19,
        "tile_px": 256,
        "tiles": "/imagery/ortho/{z}/{x}/{y}",
    }
    assert imagery_info(catalog, "en")[0]["title"] == "Imagery ortho"
    assert "secret" not in json.dumps(info)


def test_another_edition_of_a_file_is_shown_at_once(folder):
    tiles = ImageryTiles(Workspace(folder).catalog.imagery, folder, allow=AllowList())
    where = middle_tile(12)
    assert tiles.tile("tiles", 12, where.x, where.y) == picture(70)
    fresh = mbtiles(folder / "fresh.mbtiles", {(12, where.x, where.y): picture(71)})
    fresh.replace(folder / "layers" / "data" / "photo.mbtiles")
    assert tiles.tile("tiles", 12, where.x, where.y) == picture(71)


def test_another_server_is_asked_again_after_an_hour(folder, upstream):
    now = [0.0]
    catalog = Workspace(folder).catalog
    allow = AllowList.parse(upstream.host)
    tiles = ImageryTiles(catalog.imagery, folder, allow=allow, clock=lambda: now[0])
    for shade in (10, 20):
        upstream.on("/w", picture(shade))
        assert tiles.tile("service", 4, 3, 3) == picture(10)
    now[0] = FRESH_SECONDS + 1.0
    assert tiles.tile("service", 4, 3, 3) == picture(20)


def test_a_catalogue_read_again_gives_its_imagery(folder):
    workspace = Workspace(folder)
    first = imagery_tiles(workspace)
    assert imagery_tiles(workspace) is first
    workspace.reload()
    assert imagery_tiles(workspace) is not first


def test_an_id_twice_is_refused_with_its_line(folder):
    catalog = folder / "layers" / "catalog.yaml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace("id: gone", "id: ortho"), encoding="utf-8")
    with pytest.raises(InputError, match="影像 id 重复：ortho"):
        _ = Workspace(folder).catalog
