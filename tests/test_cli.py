"""The command line keeps its contract: one JSON object, exit codes, no traceback, a documented option each."""

import json
import re
import socket
from pathlib import Path

import pytest
import typer.main

from gisapp import __version__
from gisapp.cli import doctor as doctor_module
from gisapp.cli.main import app
from gisapp.cli.session import plain
from tests.commands import call, files, say

RULEBOOK = ("--rulebook", "screening")


def commands():
    return typer.main.get_command(app).commands


def test_the_version_is_printed():
    assert say("--version") == (0, f"gisapp {__version__}\n", "")


def test_without_a_command_the_help_is_shown():
    code, out, err = say()
    assert code == 2
    assert "evaluate" in out + err


def test_an_unknown_option_is_bad_use(tiny):
    code, out, err = call("evaluate", tiny, "--rulebok", "x")
    assert code == 2
    assert out["error"]["exit_code"] == 2
    assert "Traceback" not in err


def test_evaluate_writes_the_run_folder_and_prints_its_counts(tiny, tmp_path):
    code, out, _ = call("evaluate", tiny, *RULEBOOK, "--out", tmp_path / "out")
    assert code == 0
    assert sum(out["counts"].values()) == out["parcels"] == 6
    assert out["counts"]["prohibited"] == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "run.json",
        "parcels.parquet",
        "trace.parquet",
        "parcels.gpkg",
    }
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["run_id"] == out["run_id"]


def test_evaluate_twice_gives_identical_bytes(tiny, tmp_path):
    for name in ("a", "b"):
        assert call("evaluate", tiny, *RULEBOOK, "--out", tmp_path / name)[0] == 0
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_evaluate_for_people_names_the_rulebook_and_the_folder(tiny):
    code, out, _ = say("evaluate", tiny, *RULEBOOK)
    assert code == 0
    assert "试算" in out
    assert ".gisapp/runs/" in out


def test_a_threshold_set_by_hand_changes_the_run(tiny):
    plain_run = call("evaluate", tiny, *RULEBOOK)[1]
    code, out, _ = call("evaluate", tiny, *RULEBOOK, "--set", "R-far.value=0.1")
    assert code == 0
    assert out["settings"] == {"R-far.value": "0.1"}
    assert out["run_id"] != plain_run["run_id"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "R-far.value"), "KEY=VALUE"),
        (("--set", "R-none.value=1"), "没有这条规则"),
        (("--as-of", "30.06.2026"), "YYYY-MM-DD"),
        (("--engine", "dask"), "尚未提供"),
        (("--engine", "spark"), "不存在"),
        (("--scenario", "a"), "scenario list"),
    ],
)
def test_bad_use_of_evaluate_says_what_to_do(tiny, arguments, words):
    code, out, _ = call("evaluate", tiny, *RULEBOOK, *arguments)
    assert code == 2
    assert words in out["error"]["message"] + str(out["error"]["action"])
    assert not (tiny / ".gisapp").exists()


def test_a_revision_that_does_not_exist_is_bad_input(tiny):
    assert call("evaluate", tiny, *RULEBOOK, "--revision", 0)[0] == 0
    assert call("evaluate", tiny, *RULEBOOK, "--revision", 7)[0] == 3


def test_an_output_folder_with_other_things_in_it_is_left_alone(tiny, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    code, out, _ = call("evaluate", tiny, *RULEBOOK, "--out", tmp_path / "mine")
    assert code == 3
    assert "不是空的" in out["error"]["message"]
    assert files(tmp_path / "mine") == {"letter.txt": b"x"}


def test_explain_gives_one_sentence_a_rule_with_its_clause(tiny):
    code, out, _ = call("explain", tiny, "P0", *RULEBOOK)
    assert code == 0
    assert out["parcel_id"] == "P0"
    assert {rule["rule_id"] for rule in out["rules"]} >= {"R-farm", "R-udb", "R-far", "C-far", "A-path"}
    assert all("第一条" in rule["sentence"] for rule in out["rules"] if rule["rule_id"].startswith("R-"))


def test_explain_for_people_is_chinese_text(tiny):
    code, out, _ = say("explain", tiny, "P0", *RULEBOOK)
    assert code == 0
    assert "地块 P0" in out
    assert "公顷" in out


def test_explaining_an_unknown_parcel_names_one_that_is_there(tiny):
    code, out, _ = call("explain", tiny, "Q9", *RULEBOOK)
    assert code == 3
    assert out["error"]["problems"][0]["value"] == "Q9"


def test_check_passes_a_sound_workspace(tiny):
    code, out, _ = call("check", tiny)
    assert code == 0
    assert out["ok"]
    assert [item["id"] for item in out["checks"]] == [
        "catalog",
        "schema",
        "policies",
        "rulebooks",
        "store",
        "parcels",
        "layers",
        "topology",
    ]


def test_check_lists_faults_and_ends_with_five(tiny):
    path = tiny / "parcels" / "rulebooks" / "screening.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("indicator: far,", "indicator: farr,", 1), encoding="utf-8"
    )
    code, out, err = call("check", tiny)
    failed = [item for item in out["checks"] if item["state"] == "fail"]
    assert code == 5
    assert [item["id"] for item in failed] == ["rulebooks"]
    assert "第 " in failed[0]["items"][0]
    assert "Traceback" not in err


def test_doctor_names_versions_and_finds_proj():
    code, out, _ = call("doctor")
    states = {item["name"]: item["state"] for item in out["checks"]}
    assert code == (0 if out["ok"] else 5)
    assert states["PROJ 数据"] == "ok"
    assert out["versions"]["GEOS"]


def test_doctor_fails_where_the_disk_is_full(monkeypatch):
    monkeypatch.setattr(doctor_module, "MIN_FREE_GB", 1e9)
    code, out, _ = call("doctor")
    assert code == 5
    assert not out["ok"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_serve_refuses_every_address_but_loopback(tiny, host):
    code, out, _ = call("serve", tiny, "--host", host)
    assert code == 2
    assert "127.0.0.1" in out["error"]["message"]


def test_serve_refuses_a_busy_port(tiny):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        code, out, _ = call("serve", tiny, "--port", busy.getsockname()[1])
    assert code == 2
    assert "占用" in out["error"]["message"]


def test_serve_refuses_a_folder_that_is_no_workspace(tmp_path):
    code, out, _ = call("serve", tmp_path)
    assert code == 3
    assert "catalog.yaml" in out["error"]["message"]


def test_init_copies_the_demo(tmp_path, root):
    code, out, _ = call("init", tmp_path / "w")
    assert code == 0
    assert not out["empty"]
    assert (tmp_path / "w" / "layers" / "catalog.yaml").read_bytes() == (
        root / "layers" / "catalog.yaml"
    ).read_bytes()


def test_an_empty_workspace_passes_the_check(tmp_path):
    assert call("init", tmp_path / "w", "--empty")[0] == 0
    assert call("check", tmp_path / "w")[0] == 0


def test_init_never_touches_a_folder_that_is_not_empty(tmp_path):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    assert call("init", tmp_path)[0] == 2
    assert files(tmp_path) == {"a.txt": b"x"}


def test_an_unforeseen_error_becomes_a_log_file_not_a_traceback(tiny, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr("gisapp.app.workspace.Workspace.evaluate", fail)
    code, out, err = call("evaluate", tiny, *RULEBOOK)
    (log,) = (tiny / ".gisapp" / "logs").iterdir()
    assert code == 1
    assert str(log) in out["error"]["action"]
    assert "Traceback" not in err
    assert "deep inside" in log.read_text(encoding="utf-8")


def test_an_interrupt_ends_with_130_and_writes_nothing(tiny, monkeypatch, tmp_path):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("gisapp.evaluation.folder._write", stop)
    code, out, err = call("evaluate", tiny, *RULEBOOK, "--out", tmp_path / "out")
    assert code == 130
    assert out["error"]["exit_code"] == 130
    assert "Traceback" not in err
    assert files(tmp_path / "out") == {}
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".run-")] == []


def test_numbers_that_json_does_not_know_become_null():
    assert plain({"a": float("nan"), "b": [float("inf"), 1.5], "c": Path("x")}) == {
        "a": None,
        "b": [None, 1.5],
        "c": "x",
    }


@pytest.mark.parametrize(
    "name",
    [
        "serve",
        "init",
        "import",
        "evaluate",
        "explain",
        "sensitivity",
        "ahp",
        "check",
        "doctor",
        "edit",
        "log",
        "show",
        "undo",
        "redo",
        "as-of",
        "diff",
        "publish",
        "backup",
        "restore",
    ],
)
def test_every_command_and_option_is_documented(name, root):
    text = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.search(rf"^## gisapp {name}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, f"docs/commands.md has no section on {name}"
    options = [
        option
        for parameter in commands()[name].params
        for option in parameter.opts
        if option.startswith("--")
    ]
    missing = [
        option for option in options if option not in section[1] and option not in ("--help", "--json")
    ]
    assert missing == []


def test_every_command_of_the_documents_exists(root):
    text = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## gisapp (\S+)$", text, re.MULTILINE)) == set(commands())
