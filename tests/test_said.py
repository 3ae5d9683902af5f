"""What the server words itself is said in the language of the request, and nothing of it lacks its English."""

from __future__ import annotations

import ast
import copy
import pickle
import re

import pytest
from pydantic import ValidationError

from gisapp.app.editing import intents
from gisapp.app.editing.review import operation
from gisapp.errors import InputError
from gisapp.i18n import Text, english, localized, translate

CHINESE = re.compile("[\u4e00-\u9fff]")
SAYERS = {"Problem", "UsageError", "failure"}
WHERE = ("topology/*.py", "app/editing/*.py", "api/editing.py", "api/guard.py", "api/routes.py")


def written(node):
    """Return the texts that an argument may be, where they are written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return written(node.body) | written(node.orelse)
    return set()


def texts_in(file):
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = getattr(getattr(node, "func", None), "id", None)
        if name == "Text":
            found |= written(node.args[0])
        elif name in SAYERS:
            named = [key.value for key in node.keywords if key.arg in ("action", "expected")]
            found |= set().union(*(written(part) for part in [*node.args, *named]))
    return {text for text in found if CHINESE.search(text)}


def test_every_text_of_the_edit_path_has_its_english(root):
    files = [file for place in WHERE for file in (root / "gisapp").glob(place)]
    texts = set().union(*(texts_in(file) for file in files), intents._WANTED.values())
    assert len(texts) > 150
    assert sorted(text for text in texts - set(english()) if CHINESE.search(text)) == []


def test_a_text_is_chinese_and_remembers_its_english():
    text = Text("{parcel} 的界线为空或不是面", parcel="A1")
    assert text == "A1 的界线为空或不是面"
    assert translate(text, "en") == "The outline of A1 is empty or no area"
    assert translate(text, "zh") is text


def test_values_are_translated_with_the_text_that_they_stand_in():
    field = Text.of("行业代码", "Industry code")
    values = Text.list([Text("{parcel} {value}", parcel="A", value=Text("缺失")), "B 39"])
    text = Text("{field}不一致（{values}），合并前须统一或指定", field=field, values=values)
    assert text == "行业代码不一致（A 缺失、B 39），合并前须统一或指定"
    assert (
        translate(text, "en")
        == "Industry code differs (A Missing, B 39); make it the same, or say which, before merging"
    )


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_of_a_text_keeps_its_english(again):
    assert translate(again(Text("{count} 字", count=3)), "en") == "3 characters"


def test_only_texts_are_translated_in_an_answer():
    data = {"title": "编辑", "done": Text("编辑"), "rings": [[1.0, 2.0]], "more": [{"done": Text("合并")}]}
    assert localized(data, "zh") is data
    assert localized(data, "en") == data | {"done": "Edit", "more": [{"done": "Merge"}]}


@pytest.mark.parametrize(
    ("ops", "called"),
    [
        (["split"], "拆分"),
        (["split_area", "attribute", "attribute"], "拆分、属性"),
        (["cut"], "拆分"),
        (["merge"], "合并"),
        (["corridor"], "道路红线切割"),
        (["draw"], "新增"),
        (["retire"], "注销"),
        (["reshape", "reshape"], "边界"),
        (["something else"], "编辑"),
        ([], "编辑"),
    ],
)
def test_a_revision_is_called_by_what_was_done(ops, called):
    class Edit:
        kind = "edit"

    assert operation(Edit(), {"intents": [{"op": op} for op in ops]}) == called


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ({"op": "corridor", "line": [[0, 0], [1, 1]], "width_m": -1}, "大于 0"),
        ({"op": "corridor", "line": [[0, 0], [1, 1]], "width_m": 501}, "不大于 500"),
        ({"op": "corridor", "line": [[0, 0], [1, 1]], "width_m": "wide"}, "数值"),
        ({"op": "split", "line": [[0, 0]]}, "至少 2 项"),
        ({"op": "split"}, "给出这一项"),
        ({"op": "merge", "extra": 1}, "没有这一项，请删除"),
        ({"op": "fly"}, "之一"),
        ({}, "给出操作名称 op"),
        (7, "写法"),
    ],
)
def test_a_fault_of_form_is_said_in_our_own_words(wrong, wanted):
    with pytest.raises(InputError) as refused:
        intents.parse_intents([wrong])
    assert all(wanted in problem.expected for problem in refused.value.problems[:1])
    theirs = " ".join(item["msg"] for item in cause(wrong))
    assert not any(problem.expected in theirs for problem in refused.value.problems)
    assert all(CHINESE.search(problem.expected) for problem in refused.value.problems)


def cause(wrong):
    with pytest.raises(ValidationError) as refused:
        intents._ADAPTER.validate_python([wrong])
    return refused.value.errors()
