"""The robustness panel of the candidates page without a browser: what it shows, and what a choice changes."""

from __future__ import annotations

import shutil

import pytest

from gisapp.app.server import start
from gisapp.format import percent
from gisapp.settings import Settings
from tests.test_ui_pages import evaluate_page, opened, rows, shown
from tests.tiny import write_tiny_workspace


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("robust") / "demo"
    for name in ("layers", "parcels"):
        shutil.copytree(root / name, folder / name)
    return start(Settings(folder))


@pytest.fixture(scope="module")
def tiny_server(tmp_path_factory):
    return start(Settings(write_tiny_workspace(tmp_path_factory.mktemp("robust") / "tiny")))


def workspace(server):
    """Return the workspace that the pages show: another server may have been started in between."""
    return start(server.settings).desk.workspace


def part(server, name, **state):
    return opened(evaluate_page, server, aspect="robust", robust_part=name, **state)


def test_the_list_has_the_stability_of_each_rank(demo_server):
    app = opened(evaluate_page, demo_server)
    table = app.dataframe[0].value
    assert "stability_top" in app.dataframe[0].proto.column_order
    own = workspace(demo_server).evaluate("redevelopment").parcels.set_index("parcel_id")["stability_top"]
    assert table.set_index("parcel_id")["stability_top"].dropna().to_dict() == own.dropna().to_dict()


def test_the_switch_shows_the_panel_instead_of_list_and_filters(demo_server):
    app = opened(evaluate_page, demo_server)
    assert app.selectbox
    app.button_group(key="aspect").set_value("robust").run()
    assert not app.exception
    assert not app.selectbox
    assert "权重扰动 1\u202f000 次 · 种子 20241220 · 集中度 100" in shown(app)


def test_stability_lists_the_ranked_parcels_best_first(demo_server):
    app = part(demo_server, "stability")
    found = workspace(demo_server).sensitivity("redevelopment")
    table = app.dataframe[0].value
    assert len(rows(app)) == found.ranked
    assert table["rank"].is_monotonic_increasing
    assert table["interval"].str.fullmatch(r"\d+–(\d+|不排名)").all()


def test_a_selected_parcel_is_the_chosen_row_and_is_explained_with_its_stability(demo_server):
    parcels = workspace(demo_server).evaluate("redevelopment").parcels.set_index("parcel_id")
    twentieth = parcels.index[parcels["rank"] == 20][0]
    text = shown(part(demo_server, "stability", parcel_id=twentieth))
    share = percent(parcels.loc[twentieth, "stability_top"])
    assert f"权重扰动 1\u202f000 次，{share} 保持前 20 名" in text


def test_swaps_name_both_and_what_to_set(demo_server):
    text = shown(part(demo_server, "swaps"))
    for words in (
        "名次",
        "只改一项权重",
        "LEL-age.weight = 0.0555",
        "前 20 名的边界",
        "个百分点",
        "共 452 对，下列前 30 对",
    ):
        assert words in text


def test_steps_have_a_row_for_each_curve(demo_server):
    text = shown(part(demo_server, "steps"))
    curves = workspace(demo_server).rulebook("redevelopment").rulebook.curves
    assert all(curve.title.zh in text for curve in curves)
    for step in ("−50 %", "−20 %", "−10 %", "+10 %", "+20 %", "+50 %"):
        assert step in text


def test_methods_stand_side_by_side(demo_server):
    text = shown(part(demo_server, "methods"))
    for words in (
        "Spearman",
        "Kendall",
        "TOPSIS",
        "熵权",
        "CRITIC",
        "有序加权（偏谨慎）",
        "乐观度",
        "20 / 20",
        "主观与客观权重",
    ):
        assert words in text


@pytest.mark.parametrize("name", ["stability", "swaps", "steps", "methods"])
def test_the_panel_speaks_english(demo_server, name):
    text = shown(part(demo_server, name, language="en"))
    assert "1\u202f000 weight draws" in text
    assert "权重" not in text


def test_one_ranked_parcel_is_no_order(tiny_server):
    assert "不足两宗，无从比较名次" in shown(opened(evaluate_page, tiny_server, aspect="robust"))


def test_a_name_from_data_brings_no_markup(demo_server):
    parcels = workspace(demo_server).parcels
    found = workspace(demo_server).sensitivity("redevelopment")
    row = parcels.index[parcels["parcel_id"] == found.ids[found.swaps.upper[0]]][0]
    before = parcels.loc[row, "name"]
    parcels.loc[row, "name"] = "<img src=x>"
    try:
        text = shown(part(demo_server, "swaps"))
    finally:
        parcels.loc[row, "name"] = before
    assert "<img" not in text
    assert "&lt;img src=x&gt;" in text
