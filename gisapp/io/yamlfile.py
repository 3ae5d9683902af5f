"""YAML that knows its lines (带行号的 YAML): a fault is reported with file, line, field and value.

Stricter than YAML 1.1 where it bites land-use data: ``0701`` is text, not an octal number, and only ``true``
and ``false`` are booleans. A repeated key is an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gisapp.errors import InputError, Problem, unreadable
from gisapp.io.yamlwords import expectation, syntax

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """A safe loader with the resolvers of YAML 1.2's core schema, dates kept."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9]\d*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+)$"),
    list("-+.0123456789"),
)


class Document:
    """A parsed YAML file: its plain data and the line of every place in it."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.lines: dict[Place, int] = {}
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError as error:
            raise InputError(
                Problem("文件不存在", file=name, action="检查路径，或用 gisapp init 新建工作区")
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(Problem("文件不是 UTF-8 编码", file=name, action="另存为 UTF-8")) from error
        except OSError as error:
            raise unreadable(name, error) from error
        try:
            node = yaml.compose(text, Loader=_Loader)
            self.data: Any = self._build(node, ()) if node is not None else None  # any plain YAML value
        except yaml.YAMLError as error:
            raise InputError(_syntax_problem(error, name)) from error

    def line(self, place: Place) -> int | None:
        """Return the line of `place`, or of the nearest place around it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None

    def _build(
        self, node: yaml.Node, place: Place, within: frozenset[int] = frozenset()
    ) -> Any:  # any plain value
        self.lines[place] = node.start_mark.line + 1
        if id(node) in within:
            message, line = "别名引用了自己，成了没有尽头的循环", node.start_mark.line + 1
            raise InputError(
                Problem(message, file=self.name, line=line, action="去掉这处 & 与 * 的自引用，把内容写出来")
            )
        within |= {id(node)}
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, within)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*place, index), within) for index, item in enumerate(node.value)]
        constructor = yaml.SafeLoader("")
        return constructor.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, place: Place, within: frozenset[int]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in out:
                line = key_node.start_mark.line + 1
                raise InputError(
                    Problem("键重复", file=self.name, line=line, field=key, action="删去其中一个")
                )
            out[key] = self._build(value_node, (*place, key), within)
            self.lines[(*place, key)] = key_node.start_mark.line + 1
        return out


def _syntax_problem(error: yaml.YAMLError, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    message, action = syntax(getattr(error, "problem", None) or str(error))
    return Problem(message, file=name, line=mark.line + 1 if mark else None, action=action)


def load_yaml(path: Path, model: type[Model], *, root: Path | None = None) -> tuple[Model, Document]:
    """Return the file as `model` and its document, or raise `InputError` with every fault and its line."""
    name = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.name
    document = Document(path, name)
    try:
        return model.model_validate(document.data), document
    except ValidationError as error:
        raise InputError([_problem(document, detail) for detail in error.errors()]) from error


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    """Return one validation fault with its line and a Chinese message."""
    place = _real_place(document, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    message, expected = detail["msg"], None
    if kind == "missing":
        message, expected = "缺少必填项", "该项必须填写"
    elif kind == "extra_forbidden":
        message, expected = "不认识的键", "检查拼写，或查看 docs 中的字段说明"
    elif kind == "value_error":
        message = str(context.get("error", message))
    elif kind in ("literal_error", "enum", "union_tag_invalid"):
        message, expected = "取值不在允许范围内", expectation(kind, context)
    else:
        message, expected = "取值类型或格式不符", expectation(kind, context)
    shown = detail["input"] if isinstance(detail["input"], str | int | float | bool) else None
    return Problem(
        message,
        file=document.name,
        line=document.line(place),
        field=".".join(str(part) for part in place) or None,
        value=None if shown is None else str(shown),
        expected=expected,
        action="修改该处后重试",
    )


def _real_place(document: Document, loc: tuple[int | str, ...]) -> Place:
    """Return the part of a validation location that exists in the file (union tags left out)."""
    place: Place = ()
    for part in loc:
        if (*place, part) in document.lines or (part == loc[-1] and isinstance(part, str)):
            place = (*place, part)
    return place
