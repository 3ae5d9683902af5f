"""A file of judgements in pairs (判断矩阵): read, checked cell by cell, against the curves of a rulebook."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import Field

from gisapp.errors import InputError, Problem
from gisapp.io.hashing import sha256_text
from gisapp.io.yamlfile import Document, load_yaml
from gisapp.model.base import Noun
from gisapp.model.rules import Rulebook
from gisapp.rules.columns import FloatArray

SCALE: Final = 9.0
"""Saaty's scale runs from 1/9 to 9."""
CLOSE: Final = 1e-6
_FRACTION: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*(\d+(?:\.\d+)?)\s*)?")


class Judgements(Noun):
    """Who judged which curve how much more important than which (判断矩阵文件)."""

    rulebook: str
    by: str
    date: dt.date
    criteria: tuple[str, ...] = Field(min_length=2)
    matrix: tuple[tuple[float | str, ...], ...]
    note: str = ""

    @property
    def values(self) -> FloatArray:
        """Return the matrix as numbers, shape (n, n); checked by `read_judgements`."""
        return np.array([[ratio(cell) or np.nan for cell in row] for row in self.matrix])

    @property
    def hash(self) -> str:
        """Return the hash of criteria and matrix (校验码)."""
        return sha256_text([*self.criteria, *(str(cell) for row in self.matrix for cell in row)])


def ratio(cell: float | str) -> float | None:
    """Return a judgement as a number: 3, 0.5 or "1/3"; None where it is none."""
    found = _FRACTION.fullmatch(str(cell))
    if found is None:
        return None
    top, bottom = float(found[1]), float(found[2] or 1.0)
    return top / bottom if top > 0 and bottom > 0 else None


def read_judgements(path: Path) -> Judgements:
    """Return a checked file of judgements.

    Raises
    ------
    InputError
        With every fault: shape, a cell that is no ratio within 1/9 to 9, a diagonal that is not 1, a pair that is not
        reciprocal.
    """
    found, document = load_yaml(path, Judgements)
    n = len(found.criteria)
    twice = sorted({name for name in found.criteria if found.criteria.count(name) > 1})
    problems = [_problem(document, ("criteria",), "准则重复", value="、".join(twice))] if twice else []
    problems += [
        _problem(document, ("matrix", i), "行的长度不对", value=str(len(row)), expected=f"{n} 个判断")
        for i, row in enumerate(found.matrix)
        if len(row) != n
    ]
    if len(found.matrix) != n:
        problems.append(
            _problem(document, ("matrix",), "行数不对", value=str(len(found.matrix)), expected=f"{n} 行")
        )
    if not problems:
        problems = _cells(found, document)
    if problems:
        raise InputError(problems)
    return found


def _cells(found: Judgements, document: Document) -> list[Problem]:
    problems = []
    numbers = [[ratio(cell) for cell in row] for row in found.matrix]
    for i, row in enumerate(numbers):
        for j, value in enumerate(row):
            place, cell = ("matrix", i, j), str(found.matrix[i][j])
            other = numbers[j][i]
            if value is None or not 1.0 / SCALE - CLOSE <= value <= SCALE + CLOSE:
                expected = '1/9 至 9 之间的数，分数写成 "1/3"'
                problems.append(_problem(document, place, "不是重要性之比", value=cell, expected=expected))
            elif i == j and value != 1.0:
                problems.append(_problem(document, place, "对角线应为 1", value=cell, expected="1"))
            elif j < i and other and abs(value * other - 1.0) > CLOSE:
                said = f"{found.criteria[i]} 与 {found.criteria[j]} 的两个判断不互为倒数"
                back = f"1/{other:g}" if other >= 1.0 else f"{1.0 / other:g}"
                expected = f"{back}（对应的判断为 {found.matrix[j][i]}）"
                problems.append(_problem(document, place, said, value=cell, expected=expected))
    return problems


def in_order(found: Judgements, rulebook: Rulebook, curves: tuple[str, ...], *, name: str) -> FloatArray:
    """Return the matrix in the order of the rulebook's `curves`, shape (m, m).

    Raises
    ------
    InputError
        If the file is of another rulebook or its criteria are not exactly the curves.
    """
    if found.rulebook != rulebook.id:
        message = "判断矩阵属于另一个规则集"
        raise InputError(
            Problem(message, file=name, field="rulebook", value=found.rulebook, expected=rulebook.id)
        )
    if sorted(found.criteria) != sorted(curves):
        raise InputError(
            Problem(
                "准则与规则集的评分曲线不一致",
                file=name,
                field="criteria",
                value="、".join(found.criteria),
                expected="、".join(curves),
                action="每条评分曲线写一次",
            )
        )
    places = [found.criteria.index(curve) for curve in curves]
    ordered: FloatArray = found.values[np.ix_(places, places)]
    return ordered


def _problem(
    document: Document, place: tuple[str | int, ...], message: str, *, value: str, expected: str | None = None
) -> Problem:
    field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in place)
    return Problem(
        message,
        file=document.name,
        line=document.line(place),
        field=field,
        value=value,
        expected=expected,
        action="修改该处后重试",
    )
