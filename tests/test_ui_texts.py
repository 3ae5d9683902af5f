"""Every text that a visitor can see has an English one."""

from __future__ import annotations

import ast
import json
import string

import pytest

from gisapp.app import downloads, inventory, listing
from gisapp.evaluation.explain import STATUS_WORDS, VERDICT_WORDS
from gisapp.i18n import english, translate

TRANSLATORS = {"t", "translate"}


def called_texts(file):
    """Return the first argument of each call of a translator, where it is written out."""
    calls = [
        node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    named = [
        node
        for node in calls
        if isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS and node.args
    ]
    return {node.args[0].value for node in named if isinstance(node.args[0], ast.Constant)}


def assert_translated(texts):
    assert texts
    assert sorted(set(texts) - set(english())) == []


def test_texts_of_the_pages_are_in_the_catalogue(root):
    package = root / "gisapp"
    files = [*package.glob("ui/*.py"), *package.glob("ui/views/*.py"), package / "app" / "downloads.py"]
    assert_translated(set().union(*(called_texts(file) for file in files)))


def test_texts_of_the_components_are_in_the_catalogue(root):
    file = root / "gisapp" / "ui" / "components" / "frontend" / "src" / "texts.json"
    assert_translated(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "texts",
    [
        listing.TITLES.values(),
        STATUS_WORDS.values(),
        VERDICT_WORDS.values(),
        downloads.STATUS_LEGEND.values(),
        inventory.TABLES.values(),
        inventory.THRESHOLDS.values(),
        [downloads.SYNTHETIC, downloads.FINDING, listing.UNRANKED],
    ],
    ids=["titles", "status", "verdicts", "legend", "tables", "thresholds", "notes"],
)
def test_texts_that_are_looked_up_are_in_the_catalogue(texts):
    assert_translated(list(texts))


def test_verdict_words_of_the_demo_are_in_the_catalogue(demo):
    assert_translated([word for book in demo.rulebooks() for word in book.verdict_words.values()])


def test_a_translation_keeps_every_placeholder():
    def names(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    assert {text: found for text, found in english().items() if names(text) != names(found)} == {}


def test_a_text_without_a_translation_stays_chinese():
    assert translate("没有这一条", "en") == "没有这一条"
    assert translate("地图", "zh") == "地图"
    assert translate("地图", "en") == "Map"
