"""The pages about rulebooks are what the rulebooks say, and name every rule with its clause and its cases."""

import importlib
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def made():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("rulebook_pages").pages()
    finally:
        sys.path.pop(0)


def test_the_pages_are_those_that_the_rulebooks_give(made):
    there = {path.name for path in (ROOT / "docs" / "rulebooks").glob("*.md")}
    assert {f"rulebooks/{name}" for name in there} == set(made) - {"rulebooks.md"}
    stale = [
        name for name, text in made.items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: python tools/make_docs.py"


def test_every_rule_is_there_with_clause_status_and_cases(made):
    for path in (ROOT / "parcels" / "rulebooks").glob("*.yaml"):
        book = yaml.safe_load(path.read_text(encoding="utf-8"))
        page = made[f"rulebooks/{path.stem}.md"]
        parts = dict(re.findall(r"\n### `([^`]+)`(.*?)(?=\n## |\n### |\Z)", page, flags=re.DOTALL))
        rules = [*book.get("scope", ()), *book["rules"]]
        assert set(parts) == {rule["id"] for rule in rules}
        for rule in rules:
            part = parts[rule["id"]]
            assert rule["title"]["zh"] in part and rule["title"]["en"] in part, rule["id"]
            assert rule["clause"] in part, rule["id"]
            assert f"- 状态：{rule['status']} " in part, rule["id"]
            assert re.search(r"- 用例 [1-9]\d*：", part), rule["id"]
