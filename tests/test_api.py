"""The routes over the tiny workspace: who may ask, what comes back, and how it fails."""

from __future__ import annotations

import warnings

import pytest
from starlette.applications import Starlette

from gisapp.api.routes import TOKEN_HEADER, routes
from gisapp.app.server import Server
from gisapp.app.tokens import Claims
from gisapp.settings import Settings
from tests.tile_decoder import decode
from tests.tiny import write_tiny_workspace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient

BOOK = {"rulebook": "screening"}
GUARDED = [
    "/api/theme",
    "/api/rank",
    "/api/parcel/P0",
    "/api/parcel/P0/would-take",
    "/api/search",
    "/api/tiles/v/0/0/0.mvt",
    "/api/raster/x/v/0/0/0.png",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return Server(Settings(write_tiny_workspace(tmp_path_factory.mktemp("api") / "tiny")))


@pytest.fixture(scope="module")
def stranger(server):
    return TestClient(Starlette(routes=list(routes(server))))


@pytest.fixture(scope="module")
def client(server):
    return TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: server.token()})


def assert_error(answer, status):
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "action"}
    assert error["message"]
    assert error["action"]


def test_health_needs_no_token(stranger):
    answer = stranger.get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.parametrize("path", GUARDED)
def test_every_other_route_refuses_a_stranger(stranger, path):
    assert_error(stranger.get(path), 401)


@pytest.mark.parametrize("token", ["", "x", "a.b", ".", "中.文".encode()])
def test_a_made_up_token_is_refused(stranger, token):
    assert_error(stranger.get("/api/search", headers={TOKEN_HEADER: token}), 401)


def test_an_expired_token_is_refused(server, stranger):
    claims = Claims("a", "admin", str(server.settings.workspace), expires=1)
    assert_error(stranger.get("/api/search", headers={TOKEN_HEADER: server.key.mint(claims)}), 401)


def test_a_token_for_another_workspace_is_refused(server, stranger):
    claims = Claims("a", "admin", "/elsewhere", expires=2**40)
    assert_error(stranger.get("/api/search", headers={TOKEN_HEADER: server.key.mint(claims)}), 401)


def test_a_foreign_host_is_refused_even_with_a_token(client):
    assert_error(client.get("/api/search", headers={"host": "example.org"}), 403)


def test_only_reading_is_allowed(client):
    assert client.post("/api/rank", params=BOOK).status_code == 405


def tile_path(server, *, zoom, east=0):
    from gisapp.app.server import tiles_around

    lon, lat = server.desk.display.points[0]
    z, x, y = tiles_around(lon, lat, zoom)[0]
    return f"/api/tiles/{server.desk.version}/{z}/{x + east}/{y}.mvt"


def test_a_tile_is_kept_for_ever_by_the_browser(server, client):
    answer = client.get(tile_path(server, zoom=15))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["cache-control"]
    assert {"parcel", "udb"} <= set(decode(answer.content))


def test_a_tile_where_nothing_is_drawn_is_204(server, client):
    answer = client.get(tile_path(server, zoom=15, east=500))
    assert answer.status_code == 204
    assert answer.content == b""
    assert "immutable" in answer.headers["cache-control"]


def test_a_tile_of_another_version_is_not_found(server, client):
    assert_error(client.get(tile_path(server, zoom=15).replace(server.desk.version, "0" * 16)), 404)


def test_a_tile_outside_the_pyramid_says_so(server, client):
    assert_error(client.get(f"/api/tiles/{server.desk.version}/3/9/0.mvt"), 422)


def test_an_unknown_raster_is_not_found(server, client):
    assert_error(client.get(f"/api/raster/nothing/{server.desk.version}/3/0/0.png"), 404)


def test_theme_has_a_letter_and_a_score_for_each_parcel(client):
    theme = client.get("/api/theme", params=BOOK).json()
    assert len(theme["verdict"]) == len(theme["score"]) == 6
    assert set(theme["verdict"]) <= set("cnpux")
    assert theme["edition"] == "2026-03"


@pytest.mark.parametrize("path", ["/api/theme", "/api/rank"])
def test_a_rulebook_must_be_named(client, path):
    assert_error(client.get(path), 422)


@pytest.mark.parametrize("path", ["/api/theme", "/api/rank"])
def test_a_rulebook_that_does_not_exist_is_refused(client, path):
    assert_error(client.get(path, params={"rulebook": "nothing"}), 422)


def rank(client, **query):
    answer = client.get("/api/rank", params={**BOOK, **query})
    assert answer.status_code == 200
    return answer.json()


def test_rank_counts_every_verdict_whatever_the_filter(client):
    page = rank(client, verdict="candidate")
    assert sum(page["counts"].values()) == 6
    assert page["total"] == page["counts"]["candidate"] == len(page["rows"])
    assert [row["rank"] for row in page["rows"]] == sorted(row["rank"] for row in page["rows"])


def test_rank_comes_in_pages(client):
    whole = [row["parcel_id"] for row in rank(client)["rows"]]
    assert [row["parcel_id"] for row in rank(client, limit=2, offset=1)["rows"]] == whole[1:3]


def test_rank_narrows_to_a_park_by_the_share_of_the_parcel_in_it(client):
    assert {row["parcel_id"] for row in rank(client, park="示例园区")["rows"]} == {"P0", "P1", "P2"}


def test_rank_narrows_to_a_use_by_the_prefix_of_its_code(client):
    assert rank(client, use="1001")["total"] == 6
    assert rank(client, use="07")["total"] == 0


def test_rank_narrows_to_areas_in_square_metres(client):
    assert rank(client, min_area_m2=9_000, max_area_m2=11_000)["total"] == 6
    assert rank(client, min_area_m2=11_000)["total"] == 0


@pytest.mark.parametrize("query", [{"limit": "many"}, {"offset": "-1"}, {"min_area_m2": "wide"}])
def test_a_number_that_is_none_is_refused(client, query):
    assert_error(client.get("/api/rank", params={**BOOK, **query}), 422)


def test_a_card_says_why_with_clause_and_status(client):
    card = client.get("/api/parcel/P0", params=BOOK).json()
    assert card["area"]["mu"] == pytest.approx(15.0, rel=1e-3)
    assert card["bbox"][0] < card["lon"] < card["bbox"][2]
    rules = card["evaluation"]["rules"]
    assert {rule["rule_id"] for rule in rules} >= {"R-farm", "R-udb", "R-far", "C-far", "A-path"}
    assert all(
        rule["sentence"].endswith("。") and rule["clause_title"] and rule["status_text"] for rule in rules
    )


def test_a_card_without_a_rulebook_has_no_evaluation_but_lists_all(client):
    card = client.get("/api/parcel/P0").json()
    assert card["evaluation"] is None
    assert [other["rulebook"] for other in card["others"]] == ["screening"]


def test_an_unknown_parcel_is_not_found(client):
    assert_error(client.get("/api/parcel/P99", params=BOOK), 404)


def test_search_finds_parcels_stations_and_parks(client):
    def kinds(query):
        return {hit["kind"] for hit in client.get("/api/search", params={"q": query}).json()["results"]}

    assert kinds("示例地块3") == {"parcel"}
    assert kinds("甲站") == {"station"}
    assert kinds("示例园区") == {"park"}
    assert kinds("") == set()


def test_a_card_and_a_list_carry_english_titles_beside_the_chinese_ones(demo):
    from gisapp.app.desk import Desk
    from gisapp.app.ranking import Filters

    desk = Desk(demo)
    rows = desk.rank("redevelopment", Filters(verdict="candidate"), limit=50, offset=0)["rows"]
    titles = {(row["advice_title"], row["advice_title_en"]) for row in rows if row["advice"]}
    assert titles
    assert all(english and english != chinese for chinese, english in titles)
    card = desk.card(rows[0]["parcel_id"], "redevelopment")
    listed = [
        *card["zones"],
        *card["attributes"],
        *card["others"],
        card["evaluation"],
        *card["evaluation"]["rules"],
    ]
    assert all(item["title_en"] and item["title_en"].isascii() for item in card["attributes"])
    assert all(item["title_en"] for item in listed)
