"""What the YAML parser and the checker of nouns say, in Chinese (校验用语): what was expected, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_EXPECTED: Final = {
    "int": "整数",
    "float": "数值",
    "string": "文字（代码和带前导零的数字须加引号）",
    "bool": "true 或 false",
    "date": "日期，写成 2026-03-01",
    "tuple": "列表，写成 [a, b] 或每行一个 - 项",
    "list": "列表，写成 [a, b] 或每行一个 - 项",
    "dict": "若干 键: 值",
    "mapping": "若干 键: 值",
    "model": "若干 键: 值",
    "finite": "有限的数值",
    "none": "留空或 null",
}
_LIMITS: Final = {
    "greater_than": ("gt", "大于 {}"),
    "greater_than_equal": ("ge", "不小于 {}"),
    "less_than": ("lt", "小于 {}"),
    "less_than_equal": ("le", "不大于 {}"),
    "too_short": ("min_length", "至少 {} 项"),
    "too_long": ("max_length", "至多 {} 项"),
    "string_too_short": ("min_length", "至少 {} 个字"),
    "string_too_long": ("max_length", "至多 {} 个字"),
    "string_pattern_mismatch": ("pattern", "符合格式 {}"),
}
_SYNTAX: Final = (
    (r"mapping values are not allowed", "这里不应有冒号", "值里有冒号时整段加引号；检查上一行的缩进"),
    (
        r"cannot start any token",
        "这里有不能用的字符",
        "缩进只用空格、不用制表符；以 @ ` % 等开头的文字加引号",
    ),
    (r"could not find expected ':'", "这一行缺少冒号", "写成 键: 值，冒号后留一个空格"),
    (r"expected <block end>", "缩进不一致", "与同级各行对齐"),
    (r"expected ',' or '[\]}]'", "括号没有闭合或缺少逗号", "补上逗号或右括号"),
    (r"expected the node content|expected <document start>", "这里多了或少了内容", "检查括号、横线与缩进"),
    (r"unexpected end of stream|found unexpected", "引号或括号没有闭合", "补上成对的引号或括号"),
    (r"undefined alias", "引用了没有定义的别名", "先用 & 定义，再用 * 引用；普通文字里的 * 加引号"),
    (r"duplicate anchor", "同一个别名定义了两次", "改一个名字"),
    (r"expected alphabetic or numeric", "& 或 * 后面应是别名", "普通文字里的 & 与 * 加引号"),
    (r"unknown escape character", "引号内有不认识的转义", "路径等文字改用单引号"),
    (r"special characters are not allowed", "有不可见的控制字符", "删去控制字符，另存为 UTF-8"),
    (r"could not determine a constructor", "有不认识的标记（! 开头）", "删去标记，或给文字加引号"),
)


def syntax(problem: str | None) -> tuple[str, str]:
    """Return what is wrong with the YAML and what to do about it."""
    for pattern, what, todo in _SYNTAX:
        if re.search(pattern, problem or ""):
            return f"YAML 语法错误：{what}", todo
    return "YAML 语法错误", "检查该行及上一行的缩进、冒号、引号与括号"


def expectation(kind: str, context: Mapping[str, Any]) -> str:  # what the checker hands over
    """Return what a fault of this kind wanted instead."""
    if kind in _LIMITS:
        name, text = _LIMITS[kind]
        return text.format(context.get(name))
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return _choices(str(context.get("expected") or context.get("expected_tags") or ""))
    if kind == "union_tag_not_found":
        return f"写明 {str(context.get('discriminator', 'kind')).strip(chr(39))}"
    return _EXPECTED.get(kind.partition("_")[0], "符合说明的取值")


def _choices(text: str) -> str:
    """Return allowed values as a Chinese list."""
    found = re.findall(r"'([^']*)'", text)
    return "、".join(found) if found else text
