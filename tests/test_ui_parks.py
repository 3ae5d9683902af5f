"""The parks page without a browser: parks ranked, the card of the chosen one, enterprises and their parameters."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gisapp.app import enterprises, parkfiles, parks
from gisapp.app.server import start
from gisapp.i18n import english
from gisapp.settings import Settings
from tests.tiny import write_tiny_workspace

PATIENCE = 120


def parks_page():
    from gisapp.ui.views import parks

    parks.show()


@pytest.fixture(scope="module")
def server(demo):
    return start(Settings(demo.root))


def opened(server, **state):
    start(server.settings)
    app = AppTest.from_function(parks_page, default_timeout=PATIENCE)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert [fault.message for fault in app.exception] == []
    return app


def shown(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def test_parks_are_ranked_and_the_first_has_its_card(server):
    app = opened(server)
    ranked = app.dataframe[0].value
    assert len(ranked) == 13 and ranked["place"].dropna().tolist() == list(range(1, 11))
    text = shown(app)
    first = ranked.iloc[0]
    evaluation = server.desk.workspace.evaluate("park_intensity")
    for words in (
        first["name"],
        "有提质增效潜力（待核）",
        "潜力",
        "指标与理想值",
        evaluation.run_id[:12],
        "本地假设",
    ):
        assert str(words) in text
    assert "不得相加" in text


def test_another_row_has_its_own_card_and_unknown_is_said_as_such(server):
    table = parks.park_table(server.desk.workspace)[1]
    row = int(table.index[table["park_id"] == "pukou-hitech"][0])
    app = opened(server, park_rows={"selection": {"rows": [row], "columns": [], "cells": []}})
    text = shown(app)
    assert "浦口高新技术产业开发区" in text and "资料不足" in text


def test_a_parcel_that_holds_a_park_back_leads_to_the_map(server):
    app = opened(server, held_rows={"selection": {"rows": [0], "columns": [], "cells": []}})
    worst = parks.scorecard(
        server.desk.workspace, parks.park_table(server.desk.workspace)[1]["park_id"].iloc[0]
    ).held
    app.button(key="held_map").click().run()
    assert app.session_state["parcel_id"] == worst["parcel_id"].iloc[0]
    assert app.session_state["wanted_page"] == "map"


def test_the_citys_own_parameters_are_missing_and_said_to_be(server):
    app = opened(server, park_aspect="firms")
    assert "未提供：per_mu_parameters（本市：权重与分档）" in shown(app)
    assert app.dataframe[0].value["grade"].isna().all()


def test_a_reference_set_grades_and_a_grade_narrows_the_list(server):
    app = opened(server, park_aspect="firms", firm_book="per_mu_huaian", firm_grade="D")
    table = app.dataframe[0].value
    assert set(table["grade"]) == {"D"} and len(table) == 43
    assert "外市" in shown(app) or "参照" in shown(app)


def test_an_enterprise_is_explained_with_its_sum(server):
    app = opened(
        server, park_aspect="firms", firm_book="per_mu_huaian",
        firm_rows={"selection": {"rows": [3], "columns": [], "cells": []}},
    )  # fmt: skip
    text = shown(app)
    assert "亩均税收" in text and "× 45 =" in text and "已公布等级" in text


def test_a_workspace_without_parks_says_what_to_do(tmp_path):
    folder = write_tiny_workspace(tmp_path / "tiny")
    app = opened(start(Settings(folder)))
    assert "规则集不存在" in shown(app)


def test_the_page_speaks_english(server):
    text = shown(opened(server, language="en"))
    assert "Figures against ideals" in text and "Potential to improve" in text


def test_titles_that_are_looked_up_are_in_the_catalogue(demo):
    looked_up = [parks.TITLES, enterprises.TITLES, parkfiles.FIGURES, parkfiles.HELD, parkfiles.BASES]
    texts = {title for titles in looked_up for title in titles.values()}
    texts |= {parkfiles.NOT_ADDED, parkfiles.REFERENCE}
    texts |= {word for book in demo.rulebooks(subject=None) for word in book.verdict_words.values()}
    assert sorted(texts - set(english())) == []
