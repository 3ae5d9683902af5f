"""The site-check page without a browser: drop, paste, what is shown, what is said when it cannot be read."""

from __future__ import annotations

import pytest

from gisapp.app.server import start
from gisapp.settings import Settings
from tests.siteground import HEAD, plot, ring, write_site_workspace
from tests.test_ui_pages import opened, shown
from tests.test_ui_texts import assert_translated
from tests.tiny import write_tiny_workspace

TXT = (HEAD + plot("甲", ring(3, 0, 3, 1), area="3.0")).replace("\n", "\r\n").encode("gbk")
PASTED = "\n".join(f"{north:.3f},{east:.3f}" for east, north in ring(3, 0, 3, 1))


def site_page():
    from gisapp.ui.views import sitecheck

    sitecheck.show()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return start(Settings(write_site_workspace(tmp_path_factory.mktemp("ui") / "w")))


def dropped(server, name, content, **chosen):
    app = opened(site_page, server, **chosen)
    app.file_uploader(key="site_files").set_value([(name, content, "application/octet-stream")]).run()
    assert [fault.message for fault in app.exception] == []
    return app


def test_the_empty_page_says_what_to_do(server):
    text = shown(opened(site_page, server))
    assert "还没有红线" in text
    assert "系统不会自行猜测" in text


def test_a_dropped_txt_shows_areas_findings_parcels_gaps_and_files(server):
    app = dropped(server, "项目.txt", TXT)
    text = shown(app)
    for words in (
        "项目.txt",
        "城镇开发边界外",
        "涉及开发边界外",
        "UDB-02 D",
        "图层未覆盖",
        "示例地块3",
        "缺口",
        "示例局 · 2025-12-31",
    ):
        assert words in text
    assert len(app.get("download_button")) == 3
    assert len(app.get("image")) == 1


def test_pasted_points_need_a_crs_and_then_give_the_same(server):
    app = opened(site_page, server, site_way="text", site_text=PASTED)
    text = shown(app)
    assert "红线未能核对" in text
    assert "没有声明坐标系" in text
    assert "EPSG:4549" in text
    assert "--crs" not in text
    app.selectbox(key="site_crs").select("EPSG:4549").run()
    assert "城镇开发边界外" in shown(app)


def test_a_bad_file_is_explained_with_line_and_field(server):
    bad = TXT.replace(b"J2,1,3550000.000", b"J2,1,abc")
    text = shown(dropped(server, "坏.txt", bad))
    for words in ("红线未能核对", "坐标不是数值", "坏.txt", "abc"):
        assert words in text


def test_the_date_of_the_check_picks_the_rules(server):
    app = dropped(server, "a.txt", TXT)
    app.date_input(key="site_day").set_value("2020-01-01").run()
    assert "没有生效的规则集" in shown(app)


def test_names_from_a_file_cannot_bring_markup(server):
    text = shown(dropped(server, "<img src=x onerror=alert(1)>.txt", TXT))
    assert "<img" not in text


def test_the_page_speaks_english_on_request(server):
    text = shown(dropped(server, "a.txt", TXT, language="en"))
    for words in (
        "Outside the urban development boundary",
        "Area (mu)",
        "Not loaded",
        "Parcels concerned",
    ):
        assert words in text


def test_a_workspace_with_few_layers_says_what_is_not_loaded(tmp_path):
    bare = start(Settings(write_tiny_workspace(tmp_path / "tiny")))
    text = shown(dropped(bare, "a.txt", TXT))
    assert "现状地类" in text
    assert "未提供" in text


def test_texts_of_the_site_check_are_in_the_catalogue(root):
    from gisapp.app import sitetable
    from gisapp.evaluation.site import FINDING_WORDS
    from gisapp.evaluation.site.topics import AREAS
    from gisapp.ui.views.sitecheck import SYSTEMS
    from tests.test_ui_texts import called_texts

    folder = root / "gisapp"
    places = [
        *folder.glob("app/site*.py"),
        *folder.glob("evaluation/site/*.py"),
        folder / "api" / "sitecheck.py",
    ]
    assert_translated(set().union(*(called_texts(file) for file in places)))
    columns = {
        *sitetable.COLUMNS,
        *sitetable.PARCEL_COLUMNS,
        *sitetable.BLOCK_COLUMNS,
        *sitetable.CITATION_COLUMNS,
    }
    named = {title for spec in AREAS for _, title in spec.details} | {
        spec.outside for spec in AREAS if spec.outside
    }
    assert_translated(
        {*FINDING_WORDS.values(), *columns, *named, *SYSTEMS.values(), sitetable.METHOD, sitetable.NATURE}
    )
