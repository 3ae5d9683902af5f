"""What the parser of the command line says, in Chinese (用法错误用语)."""

from __future__ import annotations

import re
from typing import Final

from pydantic import ValidationError

from gisapp.io.yamlwords import expectation

_MESSAGES: Final = (
    (r"No such command '([^']*)'", "没有命令 "),
    (r"unexpected extra argument(?:s|\(s\))? \((.*)\)", "多余的参数："),
)


def usage_words(error: Exception) -> str:
    """Return what was wrong with the arguments; `error` is one of the command parser's own."""
    kind, said = type(error).__name__, str(getattr(error, "message", "") or error)
    parameter = getattr(error, "param", None)
    name = _name(parameter) or str(
        getattr(error, "option_name", "") or getattr(error, "param_hint", "") or ""
    )
    near = "、".join(getattr(error, "possibilities", None) or [])
    told = {
        "NoSuchOption": f"没有选项 {name}{f'，是否为 {near}' if near else ''}",
        "MissingParameter": f"缺少 {name}",
        "BadOptionUsage": f"选项 {name} 后面要有一个值",
        "BadParameter": f"{name} 的值不对{_wanted(error)}",
    }
    for pattern, words in _MESSAGES:
        if found := re.search(pattern, said):
            return f"{words}{found[1]}"
    return told.get(kind, said)


def _wanted(error: Exception) -> str:
    """Return the value that was given and what was wanted instead, where the checker of types says so."""
    if not isinstance(error.__cause__, ValidationError):
        return ""
    (detail, *_) = error.__cause__.errors()
    return f"：{detail['input']}，应为{expectation(detail['type'], detail.get('ctx', {}))}"


def _name(parameter: object) -> str:
    """Return how a parameter is called in the help."""
    if parameter is None:
        return ""
    options = [name for name in getattr(parameter, "opts", []) if name.startswith("-")]
    return (
        options[0] if options else str(getattr(parameter, "metavar", None) or getattr(parameter, "name", ""))
    )
