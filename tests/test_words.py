"""Faults of files and of the command line are told in Chinese with something to do, whatever found them."""

import re

import pytest

from gisapp.errors import InputError
from gisapp.io.yamlfile import load_yaml
from gisapp.model.layers import Catalog
from gisapp.model.rules import Rulebook
from tests.commands import call, say

ENGLISH = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
HEAD = "id: a\nedition: '1'\neffective: {}\ntitle: {zh: a}\n"
RULE = "rules: [{id: r, kind: gate, role: must, title: {zh: r}, indicator: far, op: '<', value: 1, unit: '1', clause: null, basis: assumption, status: D}]\n"


def fault(tmp_path, text, model=Rulebook):
    path = tmp_path / "book.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_yaml(path, model)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c\n", "冒号"),
        ("a:\n\t- b\n", "制表符"),
        ("a: [1, 2\nb: 3\n", "括号"),
        ("a: 'b\n", "引号"),
        ("a: *nobody\n", "别名"),
        ("a:\n  - b\n c: d\n", "缩进"),
        ("a: \x07\n", "控制字符"),
        ("@id: 1\n", "加引号"),
    ],
)
def test_bad_yaml_is_told_in_chinese_with_a_line_and_an_action(tmp_path, text, words):
    problem = fault(tmp_path, text)
    assert problem.message.startswith("YAML 语法错误")
    assert words in problem.message + problem.action
    assert not ENGLISH.search(str(problem))


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        (HEAD + RULE.replace("value: 1", "value: 1") + "top_k: many\n", "top_k", "整数"),
        (HEAD + RULE + "top_k: 0\n", "top_k", "大于 0"),
        (HEAD + RULE + "pairs: perhaps\n", "pairs", "true 或 false"),
        (HEAD + "rules: []\n", "rules", "至少 1 项"),
        (HEAD + "rules: none\n", "rules", "列表"),
        (HEAD.replace("id: a", "id: A b") + RULE, "id", "格式"),
        (HEAD.replace("effective: {}", "effective: {from: soon}") + RULE, "effective.from", "日期"),
        (HEAD.replace("title: {zh: a}", "title: a") + RULE, "title", "键: 值"),
        (HEAD + RULE.replace("status: D", "status: Q"), "rules.0.status", "V、N、M、D"),
        (HEAD + RULE.replace("kind: gate", "kind: gait"), "rules.0", "gate、curve、choose"),
        (HEAD + RULE.replace("kind: gate, ", ""), "rules.0", "写明 kind"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_was_expected(tmp_path, text, field, words):
    problem = fault(tmp_path, text)
    expected = sorted(words.split("、"))
    assert problem.field.startswith(field)
    assert words in problem.expected or sorted(problem.expected.split("、")) == expected
    assert problem.action
    assert not ENGLISH.search(str(problem))


def test_an_empty_file_is_told_in_chinese(tmp_path):
    assert not ENGLISH.search(str(fault(tmp_path, "", Catalog)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("evaluate", "W", "--rulebok", "x"), "没有选项 --rulebok"),
        (("evaluate", "W"), "缺少 --rulebook"),
        (("explain", "--rulebook", "x"), "缺少 WORKSPACE"),
        (("evaluat", "W"), "没有命令 evaluat"),
        (("check", "W", "more"), "多余的参数：more"),
        (("evaluate", "W", "--rulebook", "x", "--revision", "two"), "--revision 的值不对：two，应为整数"),
    ],
)
def test_bad_use_of_the_command_line_is_told_in_chinese(arguments, words):
    code, out, _ = call(*arguments)
    assert code == 2
    assert words in out["error"]["message"]
    assert "--help" in out["error"]["action"]
    code, _, err = say(*arguments)
    assert code == 2
    assert words in err


def test_an_option_without_its_value_is_told_in_chinese():
    code, _, err = say("evaluate", "W", "--rulebook")
    assert code == 2
    assert "选项 --rulebook 后面要有一个值" in err
