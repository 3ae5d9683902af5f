"""The editing desk in a real browser, as a planner uses it: how many actions, what is kept, what is refused."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
import shapely

from gisapp.app.storing import LOCAL
from tests.browsing import PATIENCE_MS, launched, serving, visiting
from tests.edited import copy_workspace, meeting_corner, put_back
from tests.planner import Planner, name_of

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
    for kind in ("base", "theirs", "mine"):
        assert second.page.locator(f"gis-sketch path.conflict.{kind}").count() == 3
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
