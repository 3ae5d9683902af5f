"""The public face: exported names, the conda file, and docs that cannot drift."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

import gisapp

ROOT = Path(__file__).resolve().parent.parent


def test_the_public_names_are_six_and_each_is_there():
    assert sorted(gisapp.__all__) == [
        "Evaluation",
        "Rulebook",
        "Workspace",
        "__version__",
        "evaluate",
        "indicator",
    ]
    for name in gisapp.__all__:
        assert getattr(gisapp, name) is not None


def test_importing_gisapp_loads_no_heavy_library():
    code = "import sys, gisapp; print([m for m in ('geopandas', 'streamlit', 'pandas', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_conda_file_names_what_pyproject_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    packages = {item for item in conda if item != "pip" and not item.startswith("python")}
    # conda has no extras: what pip asks for as psycopg[binary] is psycopg there.
    assert packages == {re.sub(r"\[.*?\]", "", item) for item in project["dependencies"]}
    assert f"python{project['requires-python']}" in conda


def test_the_lock_has_every_dependency_with_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "://" not in text
    for item in project["dependencies"]:
        name = re.split(r"[\[>]", item)[0]
        assert f"\n{name}==" in "\n" + text, item
    assert text.count("--hash=sha256:") >= text.count("==")


def test_the_table_of_indicators_is_the_register():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        page = importlib.import_module("make_docs").indicators_page()
    finally:
        sys.path.pop(0)
    assert (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8") == page


def test_the_readmes_show_the_two_commands():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make app" in text
        assert "make test" in text


def test_every_rule_of_the_rule_book_is_listed():
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    for family, count in {
        "LUC": 13,
        "UDB": 12,
        "STD": 13,
        "LEL": 13,
        "TRN": 5,
        "MCD": 9,
        "DBS": 9,
        "CRS": 9,
    }.items():
        for number in range(1, count + 1):
            assert f"{family}-{number:02d}" in text, f"{family}-{number:02d}"


def test_every_picture_and_page_that_a_readme_shows_is_there():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / target).exists(), (name, target)
