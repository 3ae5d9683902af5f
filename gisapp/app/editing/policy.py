"""What an edit does to the fields of parcels (字段分割与合并规则, RULEBOOK 14): data of the schema, applied here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gisapp.app.records import typed_value
from gisapp.errors import InputError, Problem
from gisapp.i18n import Text
from gisapp.model.changes import Finding, Scalar
from gisapp.model.parcels import FieldSpec, ParcelSchema

Values = Mapping[str, Scalar]


def titled(spec: FieldSpec) -> Text:
    """Return how a field is called (字段名称), in both languages."""
    return Text.of(spec.title.zh, spec.title.en)


@dataclass(frozen=True)
class Inherited:
    """The fields of a new parcel (继承的字段): their values, what was not handed down, and findings."""

    values: dict[str, Scalar]
    findings: tuple[Finding, ...] = ()


def registered(values: Values) -> bool:
    """Return whether a parcel carries a registered right, a mortgage or a seizure (已登记、抵押或查封)."""
    return bool(values.get("bdcdyh")) or values.get("mortgaged") is True or values.get("seized") is True


def divided(schema: ParcelSchema, parent: Values) -> Values:
    """Return the fields of each part of a divided parcel (分割).

    ``copy`` is handed down; ``sum`` is not known until the user allocates it; ``null`` and ``forbid`` are not
    handed down. A field that the schema does not know is copied.
    """
    out: dict[str, Scalar] = {}
    for name, value in parent.items():
        spec = schema.field(name)
        if spec is None or spec.split == "copy":
            out[name] = value
    return out


def to_allocate(schema: ParcelSchema, parent: Values) -> list[FieldSpec]:
    """Return the fields of a divided parcel that only the user can give to its parts (待分摊字段)."""
    return [spec for spec in schema.fields if spec.split == "sum" and parent.get(spec.name) is not None]


def united(
    schema: ParcelSchema, ids: Sequence[str], parents: Sequence[Values], given: Values, *, official: bool
) -> Inherited:
    """Return the fields of a merged parcel (合并).

    A ``forbid`` field in which the parcels differ must be given on the official branch; on a scheme the first
    parcel's value stands and a finding says so. ``sum``, ``max``, ``min`` are unknown if any part is.
    """
    out: dict[str, Scalar] = {}
    findings: list[Finding] = []
    names = dict.fromkeys(name for parent in parents for name in parent)
    for name in names:
        spec = schema.field(name)
        found = [parent.get(name) for parent in parents]
        if name in given or name == "parcel_id":
            continue
        rule = spec.merge if spec else "copy"
        if rule == "forbid" or (rule == "copy" and len(set(found)) > 1):
            out[name] = found[0]
            if len(set(found)) > 1 and (spec is None or spec.split != "forbid"):
                findings.append(_differs(spec, name, ids, found, official=official))
            continue
        out[name] = _merged(rule, found)
    out = {name: value for name, value in out.items() if value is not None and not _identity(schema, name)}
    return Inherited({**out, **given}, tuple(findings))


def _identity(schema: ParcelSchema, name: str) -> bool:
    spec = schema.field(name)
    return spec is not None and spec.split == "forbid"


def _differs(
    spec: FieldSpec | None, name: str, ids: Sequence[str], found: Sequence[Scalar], *, official: bool
) -> Finding:
    title = titled(spec) if spec else name
    said = [_said(value) for value in found]
    parts = [Text("{parcel} {value}", parcel=id_, value=value) for id_, value in zip(ids, said, strict=True)]
    shown = Text.list(parts)
    if official:
        text = Text("{field}不一致（{values}），合并前须统一或指定", field=title, values=shown)
        return Finding("merge_differs", "error", text, tuple(ids))
    text = Text("{field}不一致（{values}），取第一宗：{first}", field=title, values=shown, first=said[0])
    return Finding("merge_differs", "warning", text, tuple(ids))


def _said(value: Scalar) -> str:
    if isinstance(value, bool):
        return Text("是" if value else "否")
    return Text("缺失") if value is None else str(value)


def _merged(rule: str, found: Sequence[Scalar]) -> Scalar:
    """Return the value of several by a rule; unknown where a part is, unless the known ones decide."""
    known = [value for value in found if value is not None]
    if rule == "concat":
        return "；".join(dict.fromkeys(str(value) for value in known)) or None
    if known and all(isinstance(value, bool) for value in known) and rule in ("max", "min"):
        decided = rule == "max"
        return decided if decided in known else (not decided if len(known) == len(found) else None)
    if rule == "copy":
        return found[0]
    if rule == "null" or len(known) < len(found):
        return None
    return _of_numbers(rule, known)


def _of_numbers(rule: str, known: Sequence[Scalar]) -> Scalar:
    """Return sum, max or min; dates are ISO text and order as such."""
    if rule == "sum":
        return float(sum(float(value) for value in known if value is not None))
    texts = any(isinstance(value, str) for value in known)
    order = sorted(known, key=str) if texts else sorted(known, key=lambda value: float(value or 0.0))
    return order[-1] if rule == "max" else order[0]


def checked_values(
    schema: ParcelSchema, given: Values, *, codes: Mapping[str, frozenset[str]]
) -> dict[str, Scalar]:
    """Return values typed as their fields want them; raises `InputError` with every value that does not fit."""
    out: dict[str, Scalar] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        spec = schema.field(name)
        if spec is None and not name.startswith("x_"):
            problems.append(Problem("没有这个字段", field=name, action="检查 parcels/schema.yaml"))
            continue
        if name == "parcel_id":
            problems.append(Problem("地块标识不能修改", field=name))
            continue
        if spec is not None and spec.required and value in (None, ""):
            problems.append(Problem(Text("必填字段不能为空：{field}", field=titled(spec)), field=name))
            continue
        try:
            out[name] = typed_value(schema, name, value)
        except (ValueError, TypeError, OverflowError):
            dtype = spec.dtype if spec else "str"
            problems.append(Problem("值与字段类型不符", field=name, value=str(value)[:80], expected=dtype))
            continue
        problems += [*_code_problems(spec, name, out[name], codes), *_range_problems(spec, name, out[name])]
    if problems:
        raise InputError(problems)
    return out


def _range_problems(spec: FieldSpec | None, name: str, value: Scalar) -> list[Problem]:
    if isinstance(value, str):
        fit = "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
        return [] if fit else [Problem("文字中有无法记录的字符", field=name, action="删除控制字符后重试")]
    if spec is None or not isinstance(value, float):
        return []
    low, high = spec.min, spec.max
    if (low is None or value >= low) and (high is None or value <= high):
        return []
    if high is None:
        expected = Text("不小于 {low:g}", low=low)
    elif low is None:
        expected = Text("不大于 {high:g}", high=high)
    else:
        expected = Text("{low:g} 至 {high:g}", low=low, high=high)
    return [
        Problem(
            Text("{field}超出可能的范围", field=titled(spec)),
            field=name,
            value=f"{value:g}",
            expected=expected,
        )
    ]


def _code_problems(
    spec: FieldSpec | None, name: str, value: Scalar, codes: Mapping[str, frozenset[str]]
) -> list[Problem]:
    if spec is None or spec.codes is None or value is None:
        return []
    allowed = codes.get(spec.codes) if isinstance(spec.codes, str) else frozenset(spec.codes)
    if allowed is None or str(value) in allowed:
        return []
    shown = "、".join(sorted(allowed)[:8]) + ("…" if len(allowed) > 8 else "")
    return [Problem("不在代码表中", field=name, value=str(value), expected=shown)]
