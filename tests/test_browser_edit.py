"""The editing desk in a real browser, as a planner uses it: how many actions, what is kept, what is refused."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
import shapely

from gisapp.app.storing import LOCAL
from tests.browsing import PATIENCE_MS, free_port, launched, serving, visiting
from tests.edited import copy_workspace, meeting_corner, put_back
from tests.planner import Planner, name_of, outline

pytestmark = pytest.mark.browser

PLANE_M2 = 1e-6
NASTY = "<img src=x onerror=window.__pwned=1><script>window.__pwned=2</script>"


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """A copy of the demo workspace that may be edited."""
    return copy_workspace(root, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def desk_address(folder):
    with serving(folder) as where:
        yield where


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def meeting(demo):
    """A corner inside the fabric where three parcels meet that no register holds: (x, y), their rows."""
    found = meeting_corner(demo.parcels)
    assert found is not None, "the demo has no such corner any more"
    return found


@pytest.fixture
def open_planner(chromium, desk_address, folder):
    """Return a function that opens the desk for one more person; afterwards nothing of the test is left in the store."""
    with ExitStack() as stack:

        def one():
            tab = stack.enter_context(visiting(chromium, desk_address, reduced_motion="reduce"))
            planner = Planner(tab)
            planner.open()
            return planner

        yield one
    put_back(folder)


@pytest.fixture
def planner(open_planner):
    return open_planner()


@pytest.fixture
def codes(meeting):
    return list(meeting[1]["parcel_code"])


@pytest.fixture
def ids(meeting):
    return list(meeting[1]["parcel_id"])


@pytest.fixture
def corner(meeting):
    return name_of(meeting[0])


def plane_m2(outlines, ids):
    return sum(outlines[parcel_id].area for parcel_id in ids)


def has_corner(outline, at):
    x, y = map(float, at.split(","))
    return (shapely.get_coordinates(outline) == (x, y)).all(axis=1).any()


def seed_outlines(meeting):
    return dict(zip(meeting[1]["parcel_id"], meeting[1].geometry, strict=True))


def is_seed(planner, meeting):
    """Whether the three parcels have their first outlines, to the bit."""
    now = planner.outlines(meeting[1]["parcel_id"].iloc[0])
    return all(
        shapely.get_coordinates(now[parcel_id]).tolist() == shapely.get_coordinates(outline).tolist()
        for parcel_id, outline in seed_outlines(meeting).items()
    )


def test_a_boundary_shared_by_three_is_moved_in_five_actions(planner, codes, ids, corner):
    planner.search(codes[0])
    planner.wait_for_card(codes[0])
    before = planner.outlines(ids[0])
    planner.press("e")
    planner.wait_for_handles()
    held = planner.move(corner)
    # The numbers were there while the button was down: of all three, with verdict, and that they still fit.
    assert "0 重叠 0 缝隙" in held
    assert "涉及地块 3 宗" in held
    assert held.count("判定") == 3
    planner.press("Enter")
    planner.wait_for_dialog()
    planner.press("Enter")
    said = planner.wait_for_toast("已保存为版本")
    assert planner.actions == 5
    newest = planner.newest()
    assert f"版本 {newest['revision']}" in said
    assert sorted(newest["parcels"]) == ids
    after = planner.outlines(ids[0])
    assert not any(has_corner(after[parcel_id], corner) for parcel_id in ids)
    assert plane_m2(after, ids) == pytest.approx(plane_m2(before, ids), abs=PLANE_M2)
    assert all(abs(after[parcel_id].area - before[parcel_id].area) > 1 for parcel_id in ids)
    untouched = set(before) - set(ids)
    assert all(after[other].equals_exact(before[other], 0) for other in untouched)
    planner.visit.assert_clean()


def test_three_and_a_half_mu_are_split_off_in_six_actions(planner, codes, ids):
    planner.search(codes[1])
    planner.wait_for_card(codes[1])
    whole = planner.visit.get(f"/parcel/{ids[1]}")["area"]["mu"]
    planner.press("e")
    planner.wait_for_handles()
    planner.press("a")
    planner.page.locator("gis-edit #area:focus").wait_for(timeout=PATIENCE_MS)
    planner.enter("3.50")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    assert "3.50 亩" in planner.numbers()
    planner.press("Enter")
    planner.wait_for_dialog()
    planner.press("Enter")
    planner.wait_for_toast("已保存为版本")
    assert planner.actions == 6
    made = [name for name in planner.newest()["parcels"] if name.startswith("拟-")]
    sizes = sorted(planner.visit.get(f"/parcel/{name}")["area"]["mu"] for name in made)
    assert len(sizes) == 2
    assert sizes[0] == pytest.approx(3.50, abs=0.01)
    assert sum(sizes) == pytest.approx(whole, abs=0.001)
    planner.visit.assert_clean()


def sent(planner):
    return planner.visit.asked.count(("POST", "/api/commit"))


def meet_conflict(open_planner, code, corner):
    """Let one save while another has moved the same corner; return both once the other was told."""
    first, second = open_planner(), open_planner()
    for planner, share in ((second, 0.3), (first, 0.15)):
        planner.begin(code)
        planner.move(corner, share)
        planner.numbers()
    first.save()
    second.press("Enter")
    second.wait_for_dialog()
    second.press("Enter")
    second.page.locator("gis-edit section.conflict").wait_for(timeout=PATIENCE_MS)
    return first, second


def test_of_two_who_moved_one_corner_the_second_sees_both_and_insists(open_planner, codes, ids, corner):
    first, second = meet_conflict(open_planner, codes[0], corner)
    theirs = first.outlines(ids[0])
    tries = sent(second)
    for kind, count in (("base", 1), ("theirs", 3), ("mine", 3)):
        assert second.page.locator(f"gis-sketch path.conflict.{kind}").count() == count
    panel = second.panel.inner_text()
    assert "3 宗地块已被他人修改" in panel
    go_on = second.page.locator("gis-edit #rebase")
    for left, parcel_id in enumerate(reversed(ids)):
        assert go_on.is_disabled()
        second.press("Enter")  # saves nothing as long as something is undecided
        second.click(f"gis-edit article[data-parcel='{parcel_id}'] button[data-choice=mine]")
        assert (go_on.is_disabled(), sent(second)) == (left < 2, tries)
    assert second.outlines(ids[0]) == theirs
    second.click("gis-edit #rebase")
    assert "0 重叠 0 缝隙" in second.numbers()
    second.save()
    after = second.outlines(ids[0])
    assert not any(after[parcel_id].equals_exact(theirs[parcel_id], 0) for parcel_id in ids)
    assert second.newest()["revision"] == first.newest()["revision"]
    for planner in (first, second):
        planner.visit.assert_clean(refused=(409,))


def test_the_second_takes_what_the_first_has_saved(open_planner, codes, ids, corner):
    first, second = meet_conflict(open_planner, codes[0], corner)
    theirs, revision = first.outlines(ids[0]), first.newest()["revision"]
    for parcel_id in ids:
        second.click(f"gis-edit article[data-parcel='{parcel_id}'] button[data-choice=theirs]")
    second.click("gis-edit #rebase")
    second.page.locator("gis-edit .steps", has_text="0 步").wait_for(timeout=PATIENCE_MS)
    assert second.page.locator("gis-edit #save").is_disabled()
    # The handles are those of the other one's outline now.
    second.wait_for_handles()
    assert all(has_corner(theirs[ids[0]], at) for at in second.corners())
    second.press("Escape")
    second.wait_for_card(codes[0])
    assert second.newest()["revision"] == revision
    assert second.outlines(ids[0]) == theirs
    second.visit.assert_clean(refused=(409,))


def test_a_reload_loses_no_step(planner, codes, ids, corner, meeting):
    planner.begin(codes[0])
    planner.move(corner)
    planner.page.locator("gis-edit .steps", has_text="草稿已存").wait_for(timeout=PATIENCE_MS)
    planner.reload()
    banner = planner.page.locator(".banner", has_text="有未保存的编辑")
    banner.wait_for(timeout=PATIENCE_MS)
    assert "1 步" in banner.inner_text()
    assert is_seed(planner, meeting)
    planner.click("#resume")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    assert "涉及地块 3 宗" in planner.numbers()
    planner.save()
    assert sorted(planner.newest()["parcels"]) == ids
    planner.until(lambda: planner.state()["drafts"] == [], "the draft to be gone")
    planner.visit.assert_clean()


def test_undo_and_redo_work_after_a_reload_by_button_and_by_key(planner, codes, ids, corner, meeting):
    planner.begin(codes[0])
    planner.move(corner)
    planner.save()
    moved = planner.outlines(ids[0])
    planner.reload()
    planner.click("button#undo:not([disabled])")
    planner.wait_for_toast("已撤销版本")
    assert is_seed(planner, meeting)
    planner.page.locator("button#redo:not([disabled])").wait_for(timeout=PATIENCE_MS)
    planner.press("Control+y")
    planner.wait_for_toast("已重做版本")
    assert planner.outlines(ids[0]) == moved
    planner.reload()
    planner.page.locator("button#undo:not([disabled])").wait_for(timeout=PATIENCE_MS)
    planner.press("Control+z")
    planner.wait_for_toast("已撤销版本")
    assert is_seed(planner, meeting)
    planner.visit.assert_clean()


def drawn_outline(planner):
    """Return the outline of the selected parcel as the map draws it."""
    drawn = planner.page.locator("gis-desk gis-map").evaluate("map => map.outline")
    return shapely.geometry.shape(drawn) if drawn else shapely.Polygon()


def wait_until_drawn(planner, geometry):
    """Wait until the map draws an outline as the server hands it out."""
    planner.until(lambda: drawn_outline(planner).equals_exact(geometry, 1e-9), "the outline on the map")


def test_yesterday_shows_the_first_outline_and_cannot_be_edited(planner, codes, ids, corner):
    planner.search(codes[0])
    planner.wait_for_card(codes[0])
    first = drawn_outline(planner)
    assert not first.is_empty
    planner.press("e")
    planner.wait_for_handles()
    planner.move(corner)
    planner.save()
    planner.wait_for_card(codes[0])
    planner.until(lambda: not drawn_outline(planner).equals_exact(first, 1e-9), "the new outline on the map")
    now = drawn_outline(planner)
    yesterday = (datetime.now(LOCAL) - timedelta(days=1)).date().isoformat()
    planner.click("gis-review-chips button", has_text="时点")
    planner.fill("gis-asof input[type=date]", yesterday)
    planner.page.locator("gis-asof input[type=date]").blur()  # a key typed there would be a part of the date
    band = planner.page.locator("gis-review-strip .band", has_text=f"正在查看 {yesterday} 的地块（只读）")
    band.wait_for(timeout=PATIENCE_MS)
    wait_until_drawn(planner, first)
    assert planner.page.locator("gis-card #edit").is_disabled()
    assert planner.page.locator("button#undo").is_disabled()
    planner.page.locator("gis-sketch").wait_for(state="detached", timeout=PATIENCE_MS)
    planner.press("e")
    planner.wait_for_toast("只读")
    assert planner.panel.count() == 0
    planner.click("gis-review-strip .band button", has_text="回到当前")
    band.wait_for(state="detached", timeout=PATIENCE_MS)
    wait_until_drawn(planner, now)
    planner.press("e")
    planner.wait_for_handles()
    planner.visit.assert_clean()


def test_a_corner_dropped_across_a_neighbour_is_refused_with_the_place(planner, codes, ids, corner, meeting):
    planner.begin(codes[0])
    revision = planner.state()["head"]
    # Far beyond the other side of the parcel: its boundary would cross itself and its neighbours.
    held = planner.move(corner, share=2.6)
    assert "错误" in held
    planner.page.locator("gis-sketch g.finding[data-severity=error]").first.wait_for(timeout=PATIENCE_MS)
    words = planner.page.locator("gis-sketch div.wrong[role=alert]").first.inner_text()
    assert re.search("重叠|相交|缝隙|范围", words)
    assert planner.page.locator("gis-edit .findings li[data-severity=error]").count() >= 1
    assert planner.page.locator("gis-edit #save").is_disabled()
    planner.press("Enter")
    planner.wait_for_toast("先消除错误再保存")
    assert planner.page.locator("gis-edit #why").count() == 0
    assert sent(planner) == 0
    planner.press("Control+z")
    planner.page.locator("gis-edit .steps", has_text="0 步").wait_for(timeout=PATIENCE_MS)
    assert planner.page.locator("gis-sketch g.finding").count() == 0
    planner.press("Escape")
    planner.wait_for_card(codes[0])
    assert planner.state()["head"] == revision
    assert is_seed(planner, meeting)
    planner.visit.assert_clean()


def test_a_corner_at_a_street_moves_once_that_is_meant(planner, codes, ids, meeting):
    planner.begin(codes[0])
    around = planner.outlines(ids[0])
    alone = [
        at
        for at in planner.corners()
        if has_corner(around[ids[0]], at) and sum(has_corner(shape, at) for shape in around.values()) == 1
    ]
    assert alone, "the parcel has a corner at a street"
    held = planner.move(alone[0], share=0.1)
    assert "用地范围" in held
    assert planner.page.locator("gis-edit #save").is_disabled()
    planner.click("gis-edit #allow")
    planner.page.locator("gis-edit .fit.good").wait_for(timeout=PATIENCE_MS)
    before = plane_m2(around, [ids[0]])
    planner.press("Enter")
    planner.wait_for_dialog()
    planner.press("Enter")
    planner.wait_for_toast("已保存为版本")
    assert planner.newest()["parcels"] == [ids[0]]
    assert plane_m2(planner.outlines(ids[0]), [ids[0]]) < before - 1
    planner.visit.assert_clean()


def test_a_name_with_markup_stays_a_text_everywhere(planner):
    planner.press("\\")  # the list is folded where the window is low
    row = planner.page.locator("gis-rank .row").first
    code = row.locator("span").nth(1).inner_text(timeout=PATIENCE_MS)
    row.click()
    planner.wait_for_card(code)
    planner.press("e")
    planner.wait_for_handles()
    planner.press("t")
    planner.fill("gis-edit [name=name]", NASTY)
    planner.press("Enter")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    planner.page.locator("gis-edit article.parcel", has_text=NASTY).wait_for(timeout=PATIENCE_MS)
    planner.press("Escape")  # leaves the field
    planner.press("Enter")
    planner.wait_for_dialog()
    planner.fill("gis-edit #why", NASTY)
    planner.press("Enter")
    planner.wait_for_toast("已保存为版本")
    planner.wait_for_card(NASTY)
    planner.page.locator("gis-rank .row", has_text=NASTY).wait_for(timeout=PATIENCE_MS)
    planner.press("h")
    entry = planner.page.locator("gis-history li.entry", has_text="<script>").first
    entry.locator("button.face").hover(timeout=PATIENCE_MS)
    assert NASTY in entry.inner_text()
    planner.press("h")
    planner.press("e")
    planner.wait_for_handles()
    assert NASTY in planner.panel.inner_text()
    planner.press("Escape")
    planner.wait_for_card(NASTY)
    # A fresh page draws them anew; the search finds them.
    planner.reload()
    planner.fill("gis-search input", "onerror")
    planner.page.locator("gis-search [role=option]", has_text="<img src=x").wait_for(timeout=PATIENCE_MS)
    planner.press("Enter")
    planner.wait_for_card(NASTY)
    middle = planner.page.locator("gis-desk gis-map").bounding_box()
    planner.page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    assert planner.page.evaluate("window.__pwned") is None
    # No element came out of the text either.
    assert planner.page.locator("img[src='x']").count() == 0
    planner.visit.assert_clean()


def inside(planner, parcel_id):
    """Return the pixel of a place inside a parcel in hand."""
    corners = planner.page.locator("gis-sketch").evaluate(
        "(sketch, id) => sketch.editor.session.fabric.get(id).polygons", parcel_id
    )
    point = outline([[[corner[2:] for corner in ring] for ring in rings] for rings in corners])
    found = planner.page.locator("gis-desk gis-map").evaluate(
        "(view, at) => { const { x, y } = view.map.project(at), box = view.map.getCanvas().getBoundingClientRect(); return [x + box.left, y + box.top] }",
        list(point.representative_point().coords[0]),
    )
    return tuple(found)


def add(planner, parcel_id):
    """Choose one parcel more with Shift and a click."""
    planner.actions += 1
    planner.page.keyboard.down("Shift")
    planner.page.mouse.click(*inside(planner, parcel_id))
    planner.page.keyboard.up("Shift")


def together(planner, codes):
    """Begin to edit so far away that the surroundings are in view."""
    planner.begin(codes[0])
    planner.page.locator("gis-desk gis-map").evaluate(
        "view => view.map.jumpTo({ zoom: view.map.getZoom() - 1.2 })"
    )
    planner.wait_for_handles()


def test_a_merge_is_shown_before_it_is_taken(planner, codes, ids):
    whole = planner.visit.get(f"/parcel/{ids[1]}")["area"]["mu"]
    planner.begin(codes[1])
    planner.press("a")
    planner.page.locator("gis-edit #area:focus").wait_for(timeout=PATIENCE_MS)
    planner.enter("3.50")
    steps = planner.page.locator("gis-edit .steps")
    steps.filter(has_text="1 步").wait_for(timeout=PATIENCE_MS)
    parts = planner.page.locator("gis-edit article.parcel[data-parcel^='拟-']")
    planner.numbers()
    names = [part.get_attribute("data-parcel") for part in parts.all()]
    first = planner.page.locator("gis-edit article.parcel.focus").get_attribute("data-parcel")
    planner.press("m")
    add(planner, next(name for name in names if name != first))
    planner.page.locator("gis-edit article.parcel", has_text=f"{whole:.2f}").first.wait_for(
        timeout=PATIENCE_MS
    )
    assert "已选 2 宗" in planner.numbers()
    # Nothing has been taken yet; Enter takes it.
    assert steps.filter(has_text="1 步").count() == 1
    planner.press("Enter")
    steps.filter(has_text="2 步").wait_for(timeout=PATIENCE_MS)
    assert "0 重叠 0 缝隙" in planner.numbers()
    planner.press("Escape")
    planner.click("gis-edit #discard")
    planner.visit.assert_clean()


def test_parcels_that_do_not_touch_are_merged_only_if_that_is_meant(planner, codes, ids):
    together(planner, codes)
    around = planner.outlines(ids[0])
    apart = [name for name, shape in around.items() if shape.distance(around[ids[0]]) > 1]
    other = min(apart, key=lambda name: around[name].distance(around[ids[0]]))
    planner.press("m")
    add(planner, other)
    assert "没有连成一片" in planner.numbers()
    planner.press("Enter")
    assert "没有连成一片" in planner.wait_for_toast("不能合并")
    assert planner.page.locator("gis-edit .steps", has_text="0 步").count() == 1
    planner.click("gis-edit #apart")
    planner.page.locator("gis-edit li[data-code=not_adjacent][data-severity=warning]").wait_for(
        timeout=PATIENCE_MS
    )
    planner.press("Escape")
    planner.press("Escape")
    planner.wait_for_card(codes[0])
    planner.visit.assert_clean()


def bar_says(planner, words):
    planner.page.locator("gis-bar .fact.rev", has_text=words).wait_for(timeout=PATIENCE_MS)


def count_of_parcels(planner):
    row = planner.page.locator("gis-layers .row", has=planner.page.locator("#layer-parcel"))
    return int(row.locator(".side").inner_text().replace("\u202f", ""))


def test_bar_search_and_counts_are_those_of_the_date_that_is_shown(planner, codes, ids):
    planner.begin(codes[1])
    planner.press("a")
    planner.page.locator("gis-edit #area:focus").wait_for(timeout=PATIENCE_MS)
    planner.enter("3.50")
    planner.page.locator("gis-edit .steps", has_text="1 步").wait_for(timeout=PATIENCE_MS)
    before = count_of_parcels(planner)
    planner.press("Enter")
    planner.wait_for_dialog()
    planner.press("Enter")
    planner.wait_for_toast("拆分")
    bar_says(planner, f"版本 {planner.newest()['revision']}")
    planner.until(lambda: count_of_parcels(planner) == before + 1, "the count of parcels")
    planner.search(f"拟-{ids[1]}-1")
    planner.page.locator("gis-card article", has_text="3.50").wait_for(timeout=PATIENCE_MS)
    yesterday = (datetime.now(LOCAL) - timedelta(days=1)).date().isoformat()
    planner.click("gis-review-chips button", has_text="时点")
    planner.fill("gis-asof input[type=date]", yesterday)
    planner.page.locator("gis-asof input[type=date]").blur()
    bar_says(planner, f"版本 0 · {yesterday}")
    assert count_of_parcels(planner) == before
    planner.fill("gis-search input", f"拟-{ids[1]}")
    planner.page.locator("gis-search .notice", has_text="没有找到").wait_for(timeout=PATIENCE_MS)
    planner.search(codes[1])
    planner.page.locator("gis-card article", has_text=codes[1]).wait_for(timeout=PATIENCE_MS)
    planner.click("gis-review-strip .band button", has_text="回到当前")
    bar_says(planner, f"版本 {planner.newest()['revision']}")
    planner.visit.assert_clean(refused=(404,))


def test_undo_pressed_while_another_is_under_way_follows_it(planner, codes, corner, meeting):
    for share in (0.1, 0.15):
        planner.begin(codes[0])
        at = corner if share == 0.1 else moved_to(planner, corner)
        planner.move(at, share)
        planner.save()
    planner.page.locator("button#undo:not([disabled])").wait_for(timeout=PATIENCE_MS)
    planner.press("Control+z")
    planner.press("Control+z")
    planner.wait_for_toast("完成后接着撤销")
    planner.until(lambda: is_seed(planner, meeting), "both revisions to be taken back")
    planner.visit.assert_clean()


def moved_to(planner, corner):
    """Return the corner of the parcel in hand that is nearest to where one was."""
    x, y = map(float, corner.split(","))
    return min(planner.corners(), key=lambda at: abs(complex(*map(float, at.split(","))) - complex(x, y)))


CHINESE = re.compile("[\u4e00-\u9fff]")


def test_in_english_the_panel_speaks_english_and_fits(open_tab, codes, corner):
    planner = Planner(open_tab)
    planner.open("/?lang=en")
    planner.begin(codes[0])
    planner.move(corner)
    planner.page.locator("gis-edit .line:not(.pending)[data-verdict]").first.wait_for(timeout=PATIENCE_MS)
    wholly = planner.page.locator("gis-edit .line.whole").first.inner_text()
    assert wholly.startswith("Wholly inside · Urban development boundary · concentrated construction")
    # Parcels, parks and items of assessment are called in Chinese only.
    own = "gis-edit .parcel .name, gis-edit h2, gis-edit .line.whole, gis-edit [data-zone]"
    names = planner.page.locator(own).all_inner_texts()
    said = planner.panel.inner_text()
    assert "registered area" in said
    assert "Verdict" in said
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name, "")
    assert CHINESE.findall(said) == []
    planner.press("t")
    planner.page.locator("gis-edit .fields input").first.wait_for(timeout=PATIENCE_MS)
    assert CHINESE.findall(" ".join(planner.page.locator("gis-edit .field > span").all_inner_texts())) == []
    edge = planner.panel.bounding_box()
    for clear in planner.page.locator("gis-edit .clear").all():
        box = clear.bounding_box()
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    planner.press("Escape")
    planner.press("Escape")
    planner.press("Escape")
    planner.click("gis-edit #discard")
    planner.visit.assert_clean()


@pytest.fixture
def open_tab(chromium, desk_address, folder):
    with visiting(chromium, desk_address, reduced_motion="reduce") as tab:
        yield tab
    put_back(folder)


def test_a_server_that_goes_and_comes_back_loses_no_step(chromium, folder, codes, ids, corner):
    port = free_port()
    with visiting(chromium, f"http://127.0.0.1:{port}", reduced_motion="reduce") as tab:
        planner = Planner(tab)
        band = planner.page.locator("gis-bar .lost")
        with serving(folder, port=port):
            planner.open()
            planner.begin(codes[0])
            planner.move(corner)
            assert band.count() == 0
        band.wait_for(timeout=PATIENCE_MS)
        assert "未保存的编辑留在本页和草稿中" in band.inner_text()
        # One goes on without a server, and nothing stands in the way.
        (x, y), end = planner.inward(moved_to(planner, corner), 0.05)
        planner.page.mouse.move(x, y)
        planner.page.mouse.down()
        planner.page.mouse.move(*end, steps=4)
        planner.page.mouse.up()
        planner.page.locator("gis-edit .steps", has_text="2 步").wait_for(timeout=PATIENCE_MS)
        asked = ("GET", "/_stcore/health")
        planner.until(lambda: tab.asked.count(asked) > 6, "Streamlit to give up for a while")
        assert not planner.page.locator("[data-testid=stDialog]").first.is_visible()
        with serving(folder, port=port):
            band.wait_for(state="detached", timeout=PATIENCE_MS)
            assert "0 重叠 0 缝隙" in planner.numbers()
            planner.save()
            assert sorted(planner.newest()["parcels"]) == ids
    put_back(folder)
