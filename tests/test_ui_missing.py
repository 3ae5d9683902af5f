"""An address that is none of ours is answered in our words; everything that is served stays served."""

import warnings

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gisapp.cli import serving
from gisapp.ui.shell import shell_routes

with warnings.catch_warnings():
    # Starlette would rather have httpx2, which is not in the lock.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


@pytest.fixture
def client():
    behind = Route("/{anything:path}", lambda request: PlainTextResponse("behind"))
    return TestClient(Starlette(routes=[*shell_routes(), behind]))


@pytest.mark.parametrize("path", ["/nope", "/nope/", "/evaluation", "/a/b/c"])
def test_an_unknown_address_has_a_page_of_ours_in_chinese(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert '<a href="/evaluate">评价</a>' in answer.text


def test_it_speaks_english_on_request(client):
    answer = client.get("/nope?lang=en")
    assert "There is no such page" in answer.text
    assert "没有" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/api/health", "/_stcore/health", "/static/js/index.js", "/favicon.png", "/media/x", "/component/a/b"],
)
def test_what_others_serve_is_left_to_them(client, path):
    assert client.get(path).text == "behind"


@pytest.mark.parametrize("path", ["/", "/map", "/evaluate", "/data"])
def test_the_pages_are_still_the_pages(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "没有这个页面" not in answer.text


def test_the_server_prints_our_address_and_no_welcome_of_its_framework(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda arguments, **named: given.extend(arguments))
    serving._run(tmp_path / "streamlit_app.py", 8599)
    assert "--logger.hideWelcomeMessage=true" in given
