"""What would it take, over its route: the same steps as the workspace gives, with titles, in two languages."""

from __future__ import annotations

import re
import warnings

import pytest
from starlette.applications import Starlette

from gisapp.api.routes import TOKEN_HEADER, routes
from gisapp.app.server import Server
from gisapp.settings import Settings
from tests.edited import copy_workspace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client works on httpx and warns that its successor is there
    from starlette.testclient import TestClient

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def server(root, tmp_path_factory):
    return Server(Settings(copy_workspace(root, tmp_path_factory.mktemp("would"))))


@pytest.fixture(scope="module")
def client(server):
    return TestClient(Starlette(routes=list(routes(server))), headers={TOKEN_HEADER: server.token()})


def ask(client, parcel_id, rulebook, headers=None, **query):
    return client.get(
        f"/api/parcel/{parcel_id}/would-take", params={"rulebook": rulebook} | query, headers=headers
    )


def found(server, rulebook, *, want, verdict):
    """Return the first parcel of a verdict whose answer has what is wanted."""
    workspace = server.desk.workspace
    table = workspace.evaluate(rulebook).parcels
    for parcel_id in table[table["verdict"] == verdict]["parcel_id"]:
        answer = workspace.would_take(parcel_id, rulebook)
        if getattr(answer, want):
            return answer
    pytest.fail(f"no {verdict} parcel of {rulebook} has {want}")


@pytest.mark.parametrize(
    ("rulebook", "verdict"),
    [("udb", "prohibited"), ("mixed_use", "not_candidate"), ("redevelopment", "candidate")],
    ids=["retreat", "state", "amount"],
)
def test_the_route_gives_the_steps_of_the_workspace(server, client, rulebook, verdict):
    answer = found(server, rulebook, want="alone", verdict=verdict)
    body = ask(client, answer.parcel_id, rulebook).json()
    assert (body["verdict"], body["goal"]) == (verdict, answer.goal)
    assert [(step["lever"], step["text"], step["delta"]) for step in body["alone"]] == [
        (step.lever, step.text, step.delta) for step in answer.alone
    ]
    assert body["possible"]
    assert not body["reached"]
    english = ask(client, answer.parcel_id, rulebook, ENGLISH).json()
    said = [english["verdict_text"], english["goal_text"]] + [
        step[name] for step in english["alone"] for name in ("title", "who", "text")
    ]
    assert [text for text in said if re.search("[\u4e00-\u9fff]", text)] == []
    numbers = [re.findall(r"[\d.]+", step["text"]) for step in body["alone"]]
    assert [re.findall(r"[\d.]+", step["text"]) for step in english["alone"]] == numbers


def test_rules_in_the_way_come_with_their_titles(server, client):
    answer = found(server, "udb", want="unsure", verdict="unknown")
    titles = {rule.id: rule.title for rule in server.desk.workspace.rulebook("udb").rulebook.rules}
    body = ask(client, answer.parcel_id, "udb").json()
    assert [rule["rule_id"] for rule in body["unsure"]] == list(answer.unsure)
    assert [rule["rule_id"] for rule in body["binding"]] == list(answer.binding)
    named = [rule for rule in body["binding"] if rule["rule_id"] in titles]
    assert named
    assert [rule["title"] for rule in named] == [titles[rule["rule_id"]].zh for rule in named]
    english = ask(client, answer.parcel_id, "udb", ENGLISH).json()["binding"]
    assert [rule["title"] for rule in english if rule["rule_id"] in titles] == [
        titles[rule["rule_id"]].en for rule in named
    ]


def test_who_has_the_verdict_needs_no_step(server, client):
    table = server.desk.workspace.evaluate("udb").parcels
    parcel_id = table[table["verdict"] == "candidate"]["parcel_id"].iloc[0]
    body = ask(client, parcel_id, "udb", version=server.desk.version).json()
    assert body["reached"]
    assert body["possible"]
    assert not (body["alone"] or body["together"] or body["binding"])


@pytest.mark.parametrize(
    ("parcel_id", "query", "status", "words"),
    [
        ("JB999999", {"rulebook": "udb"}, 404, "JB999999"),
        ("JB000001", {}, 422, "rulebook"),
        ("JB000001", {"rulebook": "nothing"}, 422, "nothing"),
        ("JB000001", {"rulebook": "udb", "version": "0" * 16}, 404, "数据"),
    ],
    ids=["parcel", "no-rulebook", "rulebook", "version"],
)
def test_what_cannot_be_answered_says_why(client, parcel_id, query, status, words):
    answer = client.get(f"/api/parcel/{parcel_id}/would-take", params=query)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert answer.json()["error"]["action"]
