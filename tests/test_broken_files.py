"""Files that cannot be read or written: one clear message, exit code 3, and nothing half-written left behind."""

import os
import signal
import subprocess
import sys

import geopandas as gpd
import pytest

from gisapp.io.staging import owned, staging
from tests.commands import files
from tests.test_bad_input import EVALUATE, catalog, edit_catalog, refused, rulebook

ROWS = 300


def grown(workspace, suffix):
    """Write the first layer with many features, in another format if asked, and return its file."""
    name = "udb"
    data = workspace / "layers" / "data"
    frame = gpd.read_file(data / f"{name}.fgb")
    many = gpd.GeoDataFrame({c: list(frame[c]) * ROWS for c in frame.columns}, crs=frame.crs)
    (data / f"{name}.fgb").unlink()
    file = data / f"{name}{suffix}"
    many.to_file(file)
    if suffix != ".fgb":
        edit_catalog(workspace, lambda found: found["layers"][0].update(source=f"data/{file.name}"))
    return file


@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.4, 0.95])
@pytest.mark.parametrize("suffix", [".fgb", ".gpkg", ".geojson", ".shp"])
def test_a_layer_file_that_was_cut_short_is_never_read_as_less_land(tiny, suffix, share):
    file = grown(tiny, suffix)
    raw = file.read_bytes()
    file.write_bytes(raw[: int(len(raw) * share)])
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["file"] == file.name
    assert problem["action"]


def test_a_parcel_file_that_was_cut_short(tiny):
    file = tiny / "parcels" / "parcels.parquet"
    file.write_bytes(file.read_bytes()[:1000])
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["file"] == "parcels.parquet"


@pytest.mark.parametrize(
    "name",
    [
        "layers/data/udb.fgb",
        "parcels/parcels.parquet",
        "parcels/schema.yaml",
        "parcels/codes/land_use_codes.csv",
    ],
)
def test_a_file_that_the_system_does_not_let_us_read(tiny, name):
    # Tests may run as root, whom no permission stops: a folder in the file's place is refused to everybody.
    file = tiny / name
    file.unlink()
    file.mkdir()
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["file"].endswith(file.name)
    assert problem["action"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["layers/data/udb.fgb", "parcels/parcels.parquet"])
def test_a_file_without_permission_is_refused_by_name(tiny, name):
    file = tiny / name
    file.chmod(0)
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "没有权限" in problem["message"]


def test_yaml_that_refers_to_itself(tiny):
    rulebook(tiny).write_text("id: screening\nscope: &a\n- *a\n", encoding="utf-8")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert "别名引用了自己" in problem["message"]
    assert problem["line"] in (2, 3)
    catalog(tiny).write_text("&top\nworkspace: *top\n", encoding="utf-8")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["line"]) == ("layers/catalog.yaml", 1)


def test_the_record_of_the_current_import_that_is_damaged(tiny):
    (tiny / ".gisapp" / "parcels").mkdir(parents=True)
    (tiny / ".gisapp" / "parcels" / "head.json").write_text('{"hash": ', encoding="utf-8")
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert problem["file"].endswith("head.json")
    assert problem["action"]


def in_a_small_quota(*arguments):
    """Run the command line where no file may grow beyond 20 KB, as on a disk that is full."""
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "from gisapp.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_disk_that_is_full_while_a_run_is_written(tiny, tmp_path):
    before = files(tiny)
    done = in_a_small_quota("evaluate", tiny, *EVALUATE, "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "无法写入" in done.stderr
    assert "磁盘空间" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(tiny) == before
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_disk_that_is_full_while_a_workspace_is_made(tmp_path):
    done = in_a_small_quota("init", tmp_path / "new", "--empty")
    assert done.returncode == 3, done.stderr
    assert "无法写入" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_at_the_next_run(tmp_path):
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from gisapp.io.staging import staging\n"
        "with staging(Path(sys.argv[1]), '.run-') as folder:\n"
        "    (folder / 'half').write_text('x')\n"
        "    print(folder.name, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        left = tmp_path / process.stdout.readline().strip()
        with staging(tmp_path, ".run-"):
            assert (left / "half").exists(), "what a living process writes is left alone"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert left.exists()
    mine = tmp_path / f"{owned('.run-')}mine"
    mine.mkdir()
    with staging(tmp_path, ".run-") as folder:
        assert not left.exists()
        assert mine.exists()
    assert not folder.exists()


def test_what_the_system_refuses_anywhere_else_is_bad_input_too(tiny, monkeypatch):
    def refuse(*arguments, **named):
        raise PermissionError(13, "Permission denied", "/somewhere/enterprises.csv")

    monkeypatch.setattr("gisapp.app.workspace.build_context", refuse)
    (problem,) = refused(tiny, "evaluate", tiny, *EVALUATE)
    assert (problem["file"], problem["message"]) == ("enterprises.csv", "无法读写：没有权限")
