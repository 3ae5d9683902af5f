"""The editor's routes over the tiny workspace: who may write, what a planner's clicks come to, how it fails."""

from __future__ import annotations

import io
import uuid
import warnings
from datetime import date, timedelta

import openpyxl
import pytest
from starlette.applications import Starlette

from gisapp.api.routes import TOKEN_HEADER, routes
from gisapp.app.server import Server
from gisapp.app.tokens import Claims
from gisapp.settings import Settings
from tests.tiny import X0, Y0, write_tiny_workspace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient

WRITES = [
    "/api/preview",
    "/api/commit",
    "/api/edit/undo",
    "/api/edit/branch",
    "/api/edit/draft",
    "/api/balance",
]
SPLIT = {
    "op": "split",
    "parcel_ids": ["P1"],
    "crs": "EPSG:4549",
    "line": [[X0 + 150, Y0 - 9], [X0 + 150, Y0 + 109]],
}
MOVE = {
    "op": "reshape",
    "parcel_ids": ["P0"],
    "crs": "EPSG:4549",
    "moves": [{"at": [X0 + 100, Y0], "to": [X0 + 105, Y0]}],
}


@pytest.fixture
def server(tmp_path):
    return Server(Settings(write_tiny_workspace(tmp_path / "tiny"), user="anna"))


@pytest.fixture
def client(server):
    return TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: server.token()})


def commit(client, *intents, base=None, **more):
    body = {
        "intents": list(intents),
        "base": base or {},
        "reason": {"code": "correction"},
        "op_id": str(uuid.uuid4()),
    }
    return client.post("/api/commit", json=body | more)


@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_token_origin_or_json(server, client, path):
    stranger = TestClient(Starlette(routes=list(routes(server))))
    assert stranger.post(path, json={}).status_code == 401
    assert client.post(path, json={}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, content="a=1", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post(path, content="[1]", headers={"Content-Type": "application/json"}).status_code == 422
    assert client.post(path, json={}, headers={"Host": "10.0.0.7:8501"}).status_code == 403
    assert server.editor.store is None


def test_a_reader_may_not_edit(server):
    token = server.key.mint(Claims("eve", "reader", str(server.settings.workspace), 4_000_000_000))
    reader = TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: token})
    assert reader.get("/api/edit/state").status_code == 200
    assert reader.post("/api/preview", json={"intents": [MOVE]}).status_code == 403


def test_from_fabric_to_preview_to_commit_to_the_new_tiles(server, client):
    fabric = client.get("/api/edit/fabric", params={"parcel_id": "P0"}).json()
    assert {item["parcel_id"] for item in fabric["parcels"]} == {"P0", "P1"}
    corner = fabric["parcels"][0]["polygons"][0][0][0]
    assert corner[:2] == [float(int(corner[0])), float(int(corner[1]))]  # exact native coordinates
    shown = client.post("/api/preview", json={"intents": [MOVE], "rulebook": "screening"}).json()
    assert shown["ok"]
    assert shown["parcels"][0]["version"] == 1
    before = server.desk.version
    done = commit(client, MOVE).json()
    assert done["revision"] == 1
    assert done["version"] != before
    assert done["version"] == server.desk.version
    # The state before and the one after can both be looked at.
    old = client.get("/api/parcel/P0", params={"version": before}).json()["area"]["m2"]
    new = client.get("/api/parcel/P0", params={"version": done["version"]}).json()["area"]["m2"]
    assert new - old == pytest.approx(250.0, rel=1e-3)


def test_a_lost_answer_is_asked_for_again_and_counts_once(client):
    body = {"intents": [MOVE], "base": {"P0": 1}, "reason": {"code": "correction"}, "op_id": "once"}
    first, second = (client.post("/api/commit", json=body) for _ in range(2))
    assert first.json()["revision"] == second.json()["revision"] == 1


def test_the_second_editor_sees_both_sides(client):
    assert commit(client, MOVE, base={"P0": 1}).status_code == 200
    other = {**MOVE, "moves": [{"at": [X0 + 100, Y0 + 100], "to": [X0 + 95, Y0 + 100]}]}
    answer = commit(client, other, base={"P0": 1})
    assert answer.status_code == 409
    conflict = answer.json()["conflicts"][0]
    assert (conflict["parcel_id"], conflict["base_version"], conflict["current_version"]) == ("P0", 1, 2)
    assert conflict["author"] == "anna"
    assert conflict["base"] and conflict["theirs"] and conflict["mine"]
    assert conflict["base"] != conflict["theirs"] != conflict["mine"]
    # Chosen to stand by mine: from the version that is there now.
    assert commit(client, other, base={"P0": 2}).status_code == 200


def test_an_illegal_edit_says_why_and_where(client):
    outline = [[[X0, Y0], [X0 + 120, Y0], [X0 + 120, Y0 + 100], [X0, Y0 + 100]]]
    answer = commit(client, {"op": "reshape", "parcel_ids": ["P0"], "polygons": [outline]})
    assert answer.status_code == 422
    found = answer.json()["findings"]
    assert any(item["code"] == "overlap" and item["lon"] for item in found)


def test_undo_and_redo_after_a_reload(client):
    commit(client, SPLIT)
    undo = client.get("/api/edit/state").json()["undo"]
    answer = client.post("/api/edit/undo", json={"revision": undo["revision"], "op_id": "u1"})
    assert answer.json()["undo"]["kind"] == "undo"
    redo = client.get("/api/edit/state").json()["redo"]
    assert (
        client.post("/api/edit/redo", json={"revision": redo["revision"], "op_id": "r1"}).status_code == 200
    )
    ids = {
        item["parcel_id"]
        for item in client.get("/api/edit/fabric", params={"parcel_id": "P0"}).json()["parcels"]
    }
    assert "P1" not in ids
    entries = client.get("/api/edit/history", params={"parcel_id": "拟-P1-1"}).json()
    assert entries["lineage"]["edges"][0][:2] == ["P1", "拟-P1-1"]


def test_dates_schemes_and_differences(client):
    scheme = client.post("/api/edit/branch", json={"title": "比选"}).json()
    assert commit(client, SPLIT, branch=scheme["name"]).status_code == 200
    state = client.get("/api/edit/state", params={"branch": scheme["name"]}).json()
    assert [item["changed"] for item in state["branches"]] == [0, 3]
    against = client.get("/api/edit/diff", params={"branch": scheme["name"], "against": "official"}).json()
    assert sorted(item["kind"] for item in against["changes"]) == ["gone", "new", "new"]
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    past = client.get("/api/edit/asof", params={"branch": scheme["name"], "date": yesterday}).json()
    assert past["revision"] == 0
    assert client.get("/api/edit/asof", params={"date": "gestern"}).status_code == 422
    assert (
        client.get("/api/rank", params={"rulebook": "screening", "version": past["version"]}).status_code
        == 200
    )
    assert client.get("/api/rank", params={"rulebook": "screening", "version": "0" * 16}).status_code == 404
    assert client.post("/api/edit/branch/close", json={"name": scheme["name"]}).status_code == 200
    assert commit(client, MOVE, branch=scheme["name"]).status_code == 422


def test_a_draft_is_kept_until_it_is_dropped(server, client):
    body = {"branch": "official", "body": {"intents": [MOVE], "base": {"P0": 1}}}
    kept = client.post("/api/edit/draft", json=body).json()
    again = client.post("/api/edit/draft", json={**body, "id": kept["id"]}).json()
    assert again["id"] == kept["id"]
    assert client.get("/api/edit/state").json()["drafts"][0]["steps"] == 1
    assert client.get(f"/api/edit/draft/{kept['id']}").json()["body"]["intents"] == [MOVE]
    token = server.key.mint(Claims("ben", "planner", str(server.settings.workspace), 4_000_000_000))
    ben = TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: token})
    assert ben.delete(f"/api/edit/draft/{kept['id']}").status_code == 422
    assert client.delete(f"/api/edit/draft/{kept['id']}").status_code == 200
    assert client.get(f"/api/edit/draft/{kept['id']}").status_code == 404


def test_the_balance_on_screen_and_in_the_file_agree(client):
    body = {
        "scope": {"kind": "all"},
        "intents": [{"op": "attribute", "parcel_ids": ["P0"], "values": {"use_code": "0701"}}],
    }
    table = client.post("/api/balance", json=body).json()
    file = client.post("/api/balance.xlsx", json=body)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    written = {
        row[0]: row[6] for row in sheet.iter_rows(min_row=4, max_row=3 + len(table["rows"]), values_only=True)
    }
    assert written == {line["code"]: line["after_ha"] for line in table["rows"]}
    assert "合成" in " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_text_from_a_planner_is_text_everywhere(client):
    evil = "<img src=x onerror=alert(1)>"
    commit(client, {"op": "attribute", "parcel_ids": ["P0"], "values": {"name": evil}})
    card = client.get("/api/parcel/P0")
    assert card.headers["content-type"].startswith("application/json")
    assert card.json()["name"] == evil
    sheet_body = {
        "scope": {"kind": "all"},
        "intents": [{"op": "attribute", "parcel_ids": ["P1"], "values": {"use_code": "0701"}}],
    }
    assert client.post("/api/balance.xlsx", json=sheet_body).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/preview", {"intents": [MOVE], "base": ["P0"]}),
        ("/api/preview", {"intents": [MOVE], "rulebook": ["screening"]}),
        ("/api/balance", {"scope": "all"}),
        ("/api/balance", {"scope": {"kind": "selection", "parcel_ids": 5}}),
        ("/api/commit", {"intents": [MOVE], "reason": {"code": "correction"}, "op_id": "a", "scheme": "x"}),
        ("/api/edit/undo", {"revision": 10**30, "op_id": "b"}),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_words(client, path, body):
    answer = client.post(path, json=body)
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["error"]["message"]


def test_a_draft_without_steps_is_none(client):
    kept = client.post("/api/edit/draft", json={"body": {"intents": [MOVE], "base": {}}}).json()
    client.post("/api/edit/draft", json={"id": kept["id"], "body": {"intents": [], "base": {}}})
    assert client.get("/api/edit/state").json()["drafts"] == []
