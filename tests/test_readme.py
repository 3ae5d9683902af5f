"""The commands of the documents work as they are written, for someone who has only run `make`."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from gisapp.cli.main import app

BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(root, name):
    text = (root / name).read_text(encoding="utf-8")
    return [line.strip() for block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_gisapp_is_only_called_after_the_environment_was_opened(root, name):
    for block in BLOCK.findall((root / name).read_text(encoding="utf-8")):
        lines = block.splitlines()
        bare = [at for at, line in enumerate(lines) if line.startswith("gisapp ")]
        opened = [at for at, line in enumerate(lines) if line.startswith(". .venv/bin/activate")]
        assert not bare or (opened and min(opened) < min(bare)), block
    assert any("PORT=8600" in line for line in commands(root, name))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_parcel_that_the_readme_explains_is_there(root, name, demo):
    (line,) = [line for line in commands(root, name) if line.startswith("gisapp explain")]
    parcel = line.split()[3]
    assert demo.explain(parcel, "redevelopment").parcel_id == parcel


def test_the_readme_calls_commands_that_exist(root):
    import typer.main

    known = set(typer.main.get_command(app).commands)
    for name in ("README.md", "README.zh-CN.md", "examples/cambridge/README.md"):
        for line in commands(root, name):
            for found in re.findall(r"(?:^|/)gisapp (\w[\w-]*)", line.split("#")[0]):
                assert found in known, line


@pytest.fixture
def checkout(root, tmp_path):
    """A checkout with the example, whose .venv has a gisapp that only says how it was called."""
    shutil.copytree(root / "examples", tmp_path / "repo" / "examples")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parcelsFY2014_joined.parquet").write_bytes(b"")
    return tmp_path / "repo"


def run_example(checkout, **environment):
    path = "/usr/bin:/bin"
    command = [
        "bash",
        str(checkout / "examples/cambridge/run.sh"),
        str(checkout / "w"),
        str(checkout.parent / "data"),
    ]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": path, **environment}, timeout=60
    )


def program(file, exit_code=7):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"#!{sys.executable}\nimport sys\nprint(sys.argv)\nsys.exit({exit_code})\n", encoding="utf-8"
    )
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_the_example_finds_the_program_of_the_repository_by_itself(checkout):
    program(checkout / ".venv" / "bin" / "gisapp")
    done = run_example(checkout)
    assert done.returncode == 7
    assert "'init'" in done.stdout


def test_the_example_says_what_to_do_where_there_is_no_program(checkout):
    done = run_example(checkout)
    assert done.returncode == 2
    assert "make" in done.stderr
    assert not (checkout / "w").exists()


def test_the_example_takes_the_program_that_is_named(checkout):
    other = program(checkout.parent / "other", exit_code=9)
    program(checkout / ".venv" / "bin" / "gisapp")
    assert run_example(checkout, GISAPP=str(other)).returncode == 9
