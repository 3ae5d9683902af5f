"""The mapping file of an import (导入映射): which source column is which field, in which unit, with which values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gisapp.errors import InputError, Problem
from gisapp.io.importresult import Note
from gisapp.io.yamlfile import Document, load_yaml
from gisapp.model.base import Noun
from gisapp.model.parcels import FieldSpec, ParcelSchema
from gisapp.units import M2_PER_HA, M2_PER_MU

SCHEMES: Final = ("YDYH-2023", "YDYH-2020", "SANDIAO", "GB21010-2017", "GB50137-2011")
_OTHER_SCHEME: Final = re.compile(r"^other:[a-z0-9][a-z0-9_-]*$")
SHAPEFILE_NAME: Final = 10
"""A shapefile keeps ten bytes of a column's name."""

_SQUARE_METRES: Final = {
    "m2": 1.0, "㎡": 1.0, "ft2": 0.3048**2, "mu": M2_PER_MU, "亩": M2_PER_MU, "ha": M2_PER_HA, "公顷": M2_PER_HA,
    "km2": 1e6, "acre": 4046.8564224,
}  # fmt: skip
_METRES: Final = {"m": 1.0, "米": 1.0, "ft": 0.3048, "km": 1000.0}
_TEN_THOUSAND_CNY: Final = {
    "10k CNY": 1.0,
    "万元": 1.0,
    "CNY": 1e-4,
    "元": 1e-4,
    "亿元": 1e4,
    "100M CNY": 1e4,
}
_SHARE: Final = {"1": 1.0, "%": 0.01}
FACTORS: Final[Mapping[str, Mapping[str, float]]] = {
    "m2": _SQUARE_METRES, "m": _METRES, "10k CNY": _TEN_THOUSAND_CNY, "万元": _TEN_THOUSAND_CNY, "1": _SHARE,
}  # fmt: skip
"""Field unit → unit in the file → factor (单位换算)."""


class ColumnMapping(Noun):
    """How one source column becomes a field (列映射).

    ``values`` replaces values before anything else, null meaning missing. ``min`` and ``max`` bound the value
    in the field's unit. ``if_wrong: missing`` keeps a row whose value does not fit, without the value.
    """

    field: str
    unit: str | None = None
    values: dict[str, bool | float | str | None] = Field(default_factory=dict)
    min: float | None = None
    max: float | None = None
    if_wrong: Literal["quarantine", "missing"] = "quarantine"


class ImportMapping(BaseModel):
    """A mapping file (导入映射): one entry a source column, and what holds for the whole file."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, ColumnMapping]
    use_scheme: str | ColumnMapping | None = None
    parcel_id: str | ColumnMapping | None = None

    @field_validator("use_scheme")
    @classmethod
    def _scheme_is_known(cls, value: str | ColumnMapping | None) -> str | ColumnMapping | None:
        if isinstance(value, str) and not is_scheme(value):
            raise ValueError(f"分类版本不存在，可用：{'、'.join(SCHEMES)} 或 other:名称")
        return value

    @property
    def columns(self) -> dict[str, ColumnMapping]:
        """Return the entries by source column."""
        out = dict(self.__pydantic_extra__)
        if isinstance(self.parcel_id, str):
            out[self.parcel_id] = ColumnMapping(field="parcel_id")
        for name in ("use_scheme", "parcel_id"):
            entry = getattr(self, name)
            if isinstance(entry, ColumnMapping):
                out[name] = entry
        return out

    @property
    def scheme(self) -> str | None:
        """Return the land-use scheme that the file is declared to be in."""
        return self.use_scheme if isinstance(self.use_scheme, str) else None


@dataclass(frozen=True)
class ColumnPlan:
    """Which column of a file fills which field (列对应)."""

    fields: Mapping[str, tuple[str, ColumnMapping]]
    unmapped: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def is_scheme(text: str) -> bool:
    """Return whether `text` names a land-use scheme: one of the known ones, or ``other:NAME``."""
    return text in SCHEMES or bool(_OTHER_SCHEME.match(text))


def load_mapping(path: Path, schema: ParcelSchema) -> tuple[ImportMapping, Document]:
    """Return a mapping file checked against the schema, or raise with every fault and its line."""
    mapping, document = load_yaml(path, ImportMapping)
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for column, entry in mapping.columns.items():
        spec = schema.field(entry.field)

        def problem(message: str, place: str, value: str, expected: str, column: str = column) -> Problem:
            line = document.line((column, place))
            return Problem(
                message,
                file=document.name,
                line=line,
                field=f"{column}.{place}",
                value=value,
                expected=expected,
            )

        if spec is None:
            names = "、".join(schema.names)
            problems.append(
                problem("地块字段表中没有这个字段", "field", entry.field, f"schema.yaml 中的字段：{names}")
            )
            continue
        if entry.field in seen:
            problems.append(
                problem(f"字段已由列 {seen[entry.field]} 提供", "field", entry.field, "每个字段只对应一列")
            )
        seen[entry.field] = column
        if entry.unit is not None and factor(entry.unit, spec.unit) is None:
            known = "、".join(FACTORS.get(spec.unit or "", {spec.unit or "（无单位）": 1.0}))
            problems.append(problem(f"单位不能换算成 {spec.unit or '无单位'}", "unit", entry.unit, known))
    if problems:
        raise InputError(problems)
    return mapping, document


def factor(source: str, target: str | None) -> float | None:
    """Return what a number in `source` is multiplied by to be in `target`, None if there is no such factor."""
    if source == target:
        return 1.0
    return FACTORS.get(target or "", {}).get(source)


def plan_columns(
    columns: Iterable[str], schema: ParcelSchema, mapping: ImportMapping | None, *, name: str
) -> ColumnPlan:
    """Return which column fills which field: by the mapping if there is one, else by the schema's aliases."""
    names = list(map(str, columns))
    return _by_mapping(names, mapping, name) if mapping else _by_alias(names, schema)


def _by_mapping(names: list[str], mapping: ImportMapping, file: str) -> ColumnPlan:
    fields: dict[str, tuple[str, ColumnMapping]] = {}
    problems = []
    for wanted, entry in mapping.columns.items():
        found = wanted if wanted in names else next((n for n in names if same_name(n, wanted)), None)
        if found is None:
            shown = "、".join(names[:20])
            problems.append(
                Problem(
                    "文件中没有映射所写的列", file=file, field=wanted, expected=shown, action="改正映射文件"
                )
            )
        else:
            fields[entry.field] = (found, entry)
    if problems:
        raise InputError(problems)
    used = {column for column, _ in fields.values()}
    return ColumnPlan(fields, tuple(n for n in names if n not in used))


def _by_alias(names: list[str], schema: ParcelSchema) -> ColumnPlan:
    fields: dict[str, tuple[str, ColumnMapping]] = {}
    notes: list[Note] = []
    free = list(names)
    for spec in schema.fields:
        hits = list(
            dict.fromkeys(n for alias in (spec.name, *spec.source) for n in free if same_name(n, alias))
        )
        if not hits:
            continue
        fields[spec.name] = (hits[0], ColumnMapping(field=spec.name))
        free.remove(hits[0])
        if len(hits) > 1:
            also = "、".join(hits[1:])
            notes.append(
                Note("column", f"字段 {spec.name} 取自列 {hits[0]}；列 {also} 也可对应，原样保留在 src 中")
            )
    if "parcel_id" not in fields and "parcel_code" in fields:
        column = fields["parcel_code"][0]
        fields["parcel_id"] = (column, ColumnMapping(field="parcel_id"))
        notes.append(Note("column", f"文件没有地块标识列，以宗地代码列 {column} 作为 parcel_id"))
    return ColumnPlan(fields, tuple(free), tuple(notes))


def same_name(column: str, alias: str) -> bool:
    """Return whether a column bears a name: letter case aside, whole or cut to a shapefile's ten bytes."""
    short, long = column.casefold(), alias.casefold()
    if short == long:
        return True
    cut = {long.encode(code)[:SHAPEFILE_NAME].decode(code, "ignore") for code in ("utf-8", "gb18030")}
    return len(long.encode("gb18030")) > SHAPEFILE_NAME and short in cut


def expected_text(spec: FieldSpec) -> str:
    """Return in words what a value of a field must be."""
    words = {
        "float": "数值",
        "int": "整数",
        "bool": "是 / 否",
        "date": "日期，例如 2026-06-30",
        "str": "文字",
    }
    if isinstance(spec.codes, tuple):
        return "、".join(spec.codes)
    return words[spec.dtype]


Cell = Any  # a cell of a table as it was read
