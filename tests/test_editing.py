"""Editing over the tiny workspace: six squares of 100 m in a row, none of them registered."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gisapp.app.desks import Desks
from gisapp.app.editing import review
from gisapp.app.editing.balance import Scope, balance
from gisapp.app.editing.editor import Editor, IllegalEditError, Request
from gisapp.app.editing.policy import divided, registered, united
from gisapp.app.editing.publish import publish
from gisapp.app.imports import ImportOptions, import_parcels
from gisapp.app.records import columns_of, to_frame, to_rows
from gisapp.app.workspace import Workspace
from gisapp.errors import InputError, UsageError
from gisapp.evaluation.verdicts import verdicts
from gisapp.io.hashing import sha256_frame
from gisapp.model.changes import OFFICIAL, Author, EditConflictError, Reason
from tests.commands import call, say
from tests.tiny import X0, Y0, write_tiny_workspace

ANNA, BEN = Author("anna"), Author("ben")
SURVEY = Reason("correction")
NATIVE = "EPSG:4549"


@pytest.fixture
def root(tmp_path):
    return write_tiny_workspace(tmp_path / "tiny")


@pytest.fixture
def editor(root):
    return Editor(Desks(Workspace(root)))


def request(*intents, branch=OFFICIAL, **more):
    return Request.of(
        {"branch": branch, "intents": [{"crs": NATIVE, **intent} for intent in intents], **more}
    )


def corner(column, row):
    return [X0 + 100.0 * column, Y0 + 100.0 * row]


def move(column, row, dx, dy, *ids):
    x, y = corner(column, row)
    return {"op": "reshape", "parcel_ids": list(ids), "moves": [{"at": [x, y], "to": [x + dx, y + dy]}]}


def save(editor, *intents, author=ANNA, branch=OFFICIAL, scheme=None, **more):
    wanted = request(*intents, branch=branch, **more)
    return editor.commit(wanted, SURVEY, author=author, op_id=str(uuid.uuid4()), scheme=scheme)


def area(editor, parcel_id, branch=OFFICIAL):
    return shapely.area(editor.state(branch).rows[parcel_id].geometry)


# -- records


def test_a_table_comes_back_from_records_with_the_same_hash(root):
    workspace = Workspace(root)
    rows = to_rows(workspace.parcels)
    frame = to_frame(rows, workspace.schema, workspace.parcels.crs, columns_of(workspace.parcels))
    assert sha256_frame(frame) == workspace.table.hash


def test_the_first_edit_makes_the_store_and_nothing_but_the_edit_changes(editor):
    before = dict(editor.state().rows)
    assert editor.store is None
    done = save(editor, move(1, 0, 5, 0, "P0"))
    after = editor.state().rows
    assert done.revision.number == 1
    assert {id_ for id_ in before if before[id_].hash != after[id_].hash} == {"P0", "P1"}
    assert editor.store.verify() == []
    assert Workspace(editor.workspace.root).table.revision == 1


# -- previews


def test_a_shared_corner_moves_in_both_parcels_and_no_area_is_lost(editor):
    shown = editor.preview(request(move(1, 0, 5, 0, "P0")), "screening")
    parcels = {item["parcel_id"]: item for item in shown["parcels"]}
    assert set(parcels) == {"P0", "P1"}
    assert (shown["ok"], shown["overlaps"], shown["gaps"]) == (True, 0, 0)
    # The corner carries the lower edge of both squares: what one gains along it the other loses.
    assert shown["plane_delta_m2"] == pytest.approx(0.0, abs=1e-9)


def test_a_preview_says_the_verdict_that_the_saved_parcel_then_has(editor):
    intents = [{"op": "attribute", "parcel_ids": ["P0"], "values": {"floor_area_m2": 1000}}]
    shown = editor.preview(request(*intents), "screening")["parcels"][0]
    save(editor, *intents)
    saved = editor.desks.current().workspace.evaluate("screening").parcels.set_index("parcel_id").loc["P0"]
    assert shown["verdict"]["after"] == saved["verdict"]
    assert shown["score"]["after"] == pytest.approx(saved["score"])
    assert shown["score"]["before"] != pytest.approx(shown["score"]["after"])


def test_an_edit_that_overlaps_a_neighbour_is_refused_with_its_place(editor):
    outline = [[corner(0, 0), corner(1.1, 0), corner(1.1, 1), corner(0, 1)]]
    shown = editor.preview(request({"op": "reshape", "parcel_ids": ["P0"], "polygons": [outline]}), None)
    assert not shown["ok"]
    assert shown["overlaps"] == 1
    found = next(item for item in shown["findings"] if item["code"] == "overlap")
    assert found["area_m2"] == pytest.approx(1000.0, rel=1e-6)
    assert found["lon"] is not None
    with pytest.raises(IllegalEditError):
        save(editor, {"op": "reshape", "parcel_ids": ["P0"], "polygons": [outline]})
    assert editor.store is None or editor.store.head() == 0


def test_a_gesture_that_means_nothing_is_one_clear_message(editor):
    with pytest.raises(InputError) as error:
        editor.preview(
            request({"op": "reshape", "parcel_ids": ["P0"], "moves": [{"at": [1.0, 2.0], "to": [3.0, 4.0]}]}),
            None,
        )
    assert error.value.problems[0].message
    with pytest.raises(InputError, match="没有这宗地块"):
        editor.preview(request({"op": "retire", "parcel_ids": ["nobody"]}), None)
    with pytest.raises(InputError, match="写法不对"):
        Request.of({"intents": [{"op": "explode"}]})


# -- split and merge


def test_a_split_hands_down_fields_by_policy_and_leaves_sums_open(editor):
    x = X0 + 50.0
    done = save(
        editor, {"op": "split", "parcel_ids": ["P1"], "line": [[x + 100, Y0 - 10], [x + 100, Y0 + 110]]}
    )
    children = [step.child_id for step in done.descent]
    assert children == ["拟-P1-1", "拟-P1-2"]
    rows = editor.state().rows
    assert "P1" not in rows
    assert sum(area(editor, id_) for id_ in children) == pytest.approx(10_000.0, abs=1e-6)
    assert all(rows[id_].values["use_code"] == "100101" for id_ in children)


def test_a_given_area_is_divided_off_to_the_hundredth_of_a_mu(editor):
    edge = [corner(2, 0), corner(2, 1)]
    shown = editor.preview(
        request({"op": "split_area", "parcel_ids": ["P2"], "edge": edge, "area_mu": 3.5}), None
    )
    sizes = sorted(item["after"]["mu"] for item in shown["parcels"] if item["status"] == "new")
    assert sizes[0] == pytest.approx(3.5, abs=1e-4)
    assert shown["ok"]


def test_split_then_merge_gives_the_area_back_and_undo_all_gives_the_seed(editor):
    seed = editor.workspace.table.hash
    x = X0 + 50.0
    first = save(editor, {"op": "split", "parcel_ids": ["P0"], "line": [[x, Y0 - 10], [x, Y0 + 110]]})
    children = [step.child_id for step in first.descent]
    second = save(editor, {"op": "merge", "parcel_ids": children})
    merged = second.descent[0].child_id
    assert area(editor, merged) == pytest.approx(10_000.0, abs=1e-9)
    while (found := editor.store.undoable()) is not None:
        editor.undo(found.number, author=ANNA, op_id=str(uuid.uuid4()))
    assert editor.desks.current().workspace.table.hash == seed
    assert editor.store.verify() == []


def test_merging_parcels_that_differ_needs_a_word(editor):
    save(editor, {"op": "attribute", "parcel_ids": ["P1"], "values": {"use_code": "0701"}})
    shown = editor.preview(request({"op": "merge", "parcel_ids": ["P0", "P1"]}), None)
    assert [item["code"] for item in shown["findings"] if item["severity"] == "error"]
    done = save(
        editor,
        {
            "op": "merge",
            "parcel_ids": ["P0", "P1"],
            "values": {
                "use_code": "0701",
                "name": "合并",
                "plan_use_code": "0701",
                "floor_area_m2": 1.0,
                "footprint_m2": 1.0,
            },
        },
    )
    merged = done.descent[0].child_id
    assert editor.state().rows[merged].values["use_code"] == "0701"


def test_new_land_must_be_meant(editor):
    outline = [[corner(6, 0), corner(7, 0), corner(7, 1), corner(6, 1)]]
    values = {"use_code": "0701"}
    unmeant = editor.preview(request({"op": "draw", "polygons": [outline], "values": values}), None)
    assert not unmeant["ok"]
    done = save(editor, {"op": "draw", "polygons": [outline], "values": values, "extend": True})
    new = next(
        change.parcel_id
        for change in editor.store.show(done.revision.number).changes
        if change.before is None
    )
    assert editor.state().rows[new].values == {"use_code": "0701", "use_scheme": "YDYH-2023"}


def test_policies_of_the_demo_never_copy_a_sum_nor_an_identity(root_schema):
    parent = {
        "use_code": "100101",
        "floor_area_m2": 5000.0,
        "parcel_code": "3",
        "bdcdyh": "x",
        "storeys": 4.0,
        "x_vacancy_share": 0.2,
    }
    assert divided(root_schema, parent) == {"use_code": "100101", "storeys": 4.0}
    assert registered(parent)
    assert not registered({"mortgaged": False})
    whole = united(
        root_schema,
        ["A", "B"],
        [{"floor_area_m2": 1.0, "mortgaged": False, "use_code": "1"}, {"use_code": "1"}],
        {},
        official=True,
    )
    assert "floor_area_m2" not in whole.values
    assert whole.findings == ()


@pytest.fixture
def root_schema(request):
    return Workspace(request.config.rootpath).schema


# -- registered parcels


def test_a_registered_parcel_changes_only_on_a_scheme(root):
    table = gpd.read_parquet(root / "parcels" / "parcels.parquet").assign(
        bdcdyh=["B0", None, None, None, None, None]
    )
    table.to_parquet(root / "parcels" / "parcels.parquet")
    editor = Editor(Desks(Workspace(root)))
    shown = editor.preview(request(move(1, 0, 5, 0, "P1")), None)
    assert shown["target"]["forced"]
    assert "P0" in shown["target"]["why"]
    with pytest.raises(InputError, match="只能在方案上调整"):
        save(editor, move(1, 0, 5, 0, "P1"))
    done = save(editor, move(1, 0, 5, 0, "P1"), scheme={"title": "比选一"})
    assert done.revision.branch == "比选一"
    assert area(editor, "P0") == pytest.approx(10_000.0)
    assert area(editor, "P0", "比选一") == pytest.approx(10_250.0)
    changes = review.against_official(editor, "比选一")
    assert {change.parcel_id for change in changes} == {"P0", "P1"}


def test_a_scheme_that_could_not_be_saved_does_not_stay_open(editor):
    save(editor, move(1, 0, 5, 0, "P0"))
    with pytest.raises(InputError):
        save(editor, {"op": "retire", "parcel_ids": ["nobody"]}, scheme={"title": "空"})
    assert [branch.open for branch in editor.store.branches() if branch.name == "空"] == [False]


# -- two people


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(editor):
    base = {"P0": 1, "P1": 1}
    save(editor, move(1, 0, 5, 0, "P0"), base=base, author=BEN)
    kept = editor.state().rows["P0"].hash
    with pytest.raises(EditConflictError) as error:
        save(editor, move(1, 0, -5, 0, "P0"), base=base)
    conflict = error.value.conflicts[0]
    assert (conflict.parcel_id, conflict.why, conflict.expected, conflict.found) == ("P0", "base", 1, 2)
    assert conflict.revision.author == BEN
    assert editor.state().rows["P0"].hash == kept


def test_adjacent_edits_that_overlap_only_together_are_caught(root):
    """Write skew: each edit is fine on what its author saw, the two together are not."""
    anna, ben = Editor(Desks(Workspace(root))), Editor(Desks(Workspace(root)))
    free = {"op": "draw", "values": {"use_code": "0701"}, "extend": True}
    anna.state(), ben.state()
    save(ben, free | {"polygons": [[[corner(6, 0), corner(8, 0), corner(8, 1), corner(6, 1)]]]}, author=BEN)
    with pytest.raises((IllegalEditError, EditConflictError)):
        save(anna, free | {"polygons": [[[corner(7, 0), corner(9, 0), corner(9, 1), corner(7, 1)]]]})
    rows = ben.state().rows
    assert len(rows) == 7


def test_a_repeated_save_counts_once(editor):
    wanted, op_id = request(move(1, 0, 5, 0, "P0")), str(uuid.uuid4())
    first = editor.commit(wanted, SURVEY, author=ANNA, op_id=op_id)
    second = editor.commit(wanted, SURVEY, author=ANNA, op_id=op_id)
    assert second.revision.number == first.revision.number
    assert editor.store.head() == 1


# -- history


def test_history_lineage_and_dates(editor):
    x = X0 + 50.0
    done = save(editor, {"op": "split", "parcel_ids": ["P0"], "line": [[x, Y0 - 10], [x, Y0 + 110]]})
    child = done.descent[0].child_id
    seen = review.history(editor, OFFICIAL, child)
    assert seen["entries"][0]["author"] == "anna"
    assert {tuple(edge[:2]) for edge in seen["lineage"]["edges"]} >= {("P0", child)}
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    assert review.as_of(editor, OFFICIAL, yesterday)["revision"] == 0
    assert review.as_of(editor, OFFICIAL, datetime.now(UTC).date() + timedelta(days=1))["revision"] == 1
    with pytest.raises(InputError):
        review.as_of(editor, OFFICIAL, editor.workspace.catalog.workspace.data_date - timedelta(days=400))


def test_an_undo_is_refused_where_the_parcel_was_changed_since(editor):
    first = save(editor, move(1, 0, 5, 0, "P0"))
    save(editor, {"op": "attribute", "parcel_ids": ["P0"], "values": {"name": "新名"}}, author=BEN)
    with pytest.raises(EditConflictError):
        editor.undo(first.revision.number, author=ANNA, op_id=str(uuid.uuid4()))


# -- balance


def test_the_balance_says_what_moves_between_codes(editor):
    intents = [{"op": "attribute", "parcel_ids": ["P0", "P2"], "values": {"use_code": "0701"}}]
    proposal = editor.propose(request(*intents))
    context = editor.workspace.context()
    table = balance(editor.state().rows, proposal.changes, Scope("all"), context)
    lines = {line["code"]: line for line in table["rows"]}
    assert lines["0701"]["before_ha"] == 0
    assert lines["0701"]["after_ha"] == pytest.approx(-lines["100101"]["delta_ha"])
    assert table["total"]["delta_ha"] == pytest.approx(0.0, abs=1e-12)
    assert table["unknown_floor"] == {"before": 1, "after": 1}
    park = balance(editor.state().rows, (), Scope("park", "示例园区"), context)
    whole = balance(editor.state().rows, (), Scope("all"), context)
    assert park["total"]["before_ha"] == pytest.approx(whole["total"]["before_ha"] / 2, rel=1e-6)


# -- files


def test_a_published_file_holds_the_same_outlines_and_nothing_of_the_log(editor, tmp_path):
    save(editor, move(1, 0, 5.123, 0, "P0"))
    view = editor.desks.current().workspace
    publish(view, tmp_path / "out.gpkg")
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "out.gpkg")} == {"parcels", "about"}
    read = gpd.read_file(tmp_path / "out.gpkg", layer="parcels").set_index("parcel_id")
    for row in editor.state().rows.values():
        assert shapely.equals_exact(read.geometry[row.parcel_id], row.geometry)
    assert read["version"].to_dict() == {"P0": 2, "P1": 2, "P2": 1, "P3": 1, "P4": 1, "P5": 1}
    with pytest.raises(UsageError):
        publish(view, tmp_path / "out.gpkg")


def test_an_import_after_the_first_edit_is_a_revision(editor, tmp_path):
    save(editor, move(1, 0, 5, 0, "P0"))
    table = tmp_path / "names.csv"
    table.write_text("parcel_id,name\nP3,登记新名\n", encoding="utf-8")
    workspace = Workspace(editor.workspace.root)
    result = import_parcels(workspace, table, ImportOptions())
    assert result.revision == 2
    assert editor.state().rows["P3"].values["name"] == "登记新名"
    assert editor.store.show(2).revision.kind == "import"
    assert import_parcels(workspace, table, ImportOptions()).revision == 2


# -- command line


def ok(*arguments):
    code, result, errors = call(*arguments)
    assert code == 0, (arguments, errors)
    return result


def test_the_whole_way_on_the_command_line(root, tmp_path):
    file = tmp_path / "edit.json"
    gesture = {**move(1, 0, 5, 0, "P0"), "crs": NATIVE, "base": {"P0": 1}, "reason": "演练"}
    file.write_text(json.dumps(gesture), encoding="utf-8")
    assert ok("edit", root, file, "--dry-run")["ok"]
    assert ok("edit", root, file)["revision"] == 1
    assert call("edit", root, file)[0] == 4
    assert ok("log", root)["revisions"][0]["revision"] == 1
    assert len(ok("show", root, "1")["changes"]) == 2
    assert ok("undo", root, "1", "--reason", "演练完毕")["kind"] == "undo"
    assert ok("redo", root, "--reason", "再来")["kind"] == "redo"
    assert ok("diff", root, "0", "1")["changes"]


def test_schemes_backup_and_revisions_on_the_command_line(root, tmp_path):
    editor = Editor(Desks(Workspace(root)))
    save(editor, move(1, 0, 5, 0, "P0"))
    assert ok("scenario", "create", root, "甲")["name"] == "甲"
    assert len(ok("scenario", "list", root)["branches"]) == 2
    assert ok("scenario", "close", root, "甲")["closed"] == "甲"
    assert ok("backup", root, "--out", tmp_path / "b.db")["revision"] == 1
    assert ok("publish", root, "--out", tmp_path / "p.gpkg")["rows"] == 6
    other = write_tiny_workspace(tmp_path / "other")
    assert ok("restore", tmp_path / "b.db", other)["revision"] == 1
    assert Workspace(other).table.hash == Workspace(root).table.hash
    assert call("restore", tmp_path / "b.db", other)[0] == 2
    old = ok("evaluate", root, "--rulebook", "screening", "--revision", "0", "--out", tmp_path / "run")
    assert old["revision"] == 0
    assert call("evaluate", root, "--rulebook", "screening", "--revision", "9")[0] == 3
    assert call("undo", root, "77", "--reason", "x")[0] == 2


def test_an_edit_file_with_faults_is_refused_whole(root, tmp_path):
    file = tmp_path / "edit.json"
    for text in ("{", "[]", '{"op": "reshape"}', '{"op": "retire", "parcel_ids": ["P9"], "reason": "x"}'):
        file.write_text(text, encoding="utf-8")
        code, _, errors = say("edit", root, file)
        assert code == 3, text
        assert "Traceback" not in errors


def test_a_split_can_be_made_again_after_it_was_undone(editor):
    x = X0 + 50.0
    gesture = {"op": "split", "parcel_ids": ["P0"], "line": [[x, Y0 - 10], [x, Y0 + 110]]}
    first = save(editor, gesture)
    editor.undo(first.revision.number, author=ANNA, op_id=str(uuid.uuid4()))
    second = save(editor, gesture, author=BEN)
    assert {step.parent_id for step in second.descent} == {"P0"}
    assert sum(area(editor, step.child_id) for step in second.descent) == pytest.approx(10_000.0)
    assert editor.store.verify() == []


def test_a_scheme_is_evaluated_apart_from_the_official_parcels(editor):
    scheme = editor.create_branch("比选", author=ANNA)
    save(
        editor,
        {"op": "attribute", "parcel_ids": ["P0"], "values": {"floor_area_m2": 40_000}},
        branch=scheme.name,
    )
    official = editor.desks.current().workspace.evaluate("screening").parcels.set_index("parcel_id")["score"]
    other = (
        editor.desks.current(scheme.name)
        .workspace.evaluate("screening")
        .parcels.set_index("parcel_id")["score"]
    )
    assert other["P0"] < official["P0"]
    assert other.drop("P0").equals(official.drop("P0"))


def test_values_that_cannot_be_are_refused(request):
    editor = Editor(Desks(Workspace(request.config.rootpath)))
    parcel_id = next(iter(editor.state().rows))
    for values in (
        {"floor_area_m2": -5},
        {"year_built": 99999},
        {"x_vacancy_share": 1.5},
        {"name": "a\x00b"},
    ):
        intent = {"op": "attribute", "parcel_ids": [parcel_id], "values": values}
        with pytest.raises(InputError):
            editor.preview(Request.of({"intents": [intent]}), None)
    far = {"op": "reshape", "parcel_ids": [parcel_id], "moves": [{"at": [0.0, 0.0], "to": [1e308, 1e308]}]}
    with pytest.raises(InputError, match="坐标不是可用的数值"):
        editor.preview(Request.of({"intents": [far]}), None)
    assert editor.store is None or editor.store.head() == 0


def test_a_refused_edit_leaves_no_store_behind(editor):
    with pytest.raises(InputError):
        save(editor, {"op": "retire", "parcel_ids": ["nobody"]})
    assert editor.store is None
    assert not (editor.workspace.root / ".gisapp" / "parcels.sqlite").exists()


@pytest.mark.parametrize("book", ["redevelopment", "mixed_use"])
def test_a_drag_gives_the_verdicts_that_a_full_measure_gives(request, book):
    editor = Editor(Desks(Workspace(request.config.rootpath)))
    previewer = editor.previewer(OFFICIAL, book)
    rows = editor.state().rows
    compared = 0
    for parcel_id in list(rows)[::450]:
        x, y = shapely.get_coordinates(rows[parcel_id].geometry)[0].tolist()
        intent = {
            "op": "reshape",
            "parcel_ids": [parcel_id],
            "moves": [{"at": [x, y], "to": [x + 1.5, y - 0.7]}],
        }
        changes = editor.propose(Request.of({"intents": [{**intent, "extend": True}]})).changes
        after = [change.after for change in changes if change.after]
        frame = previewer._frame(after)
        context = previewer.context.with_changed(frame, [])
        assert previewer._judged(changes) == verdicts(frame, context, previewer.book)
        compared += 1
    assert compared > 10
