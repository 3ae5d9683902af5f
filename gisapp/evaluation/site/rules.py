"""Which rules in force speak of a topic (规则依据), found by the indicator that they judge; thresholds stay theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gisapp.evaluation.site.result import Citation
from gisapp.evaluation.sources import source
from gisapp.model.rules import Gate, ValueTable
from gisapp.rules.load import LoadedRulebook, table_id
from gisapp.rules.predicates import threshold_text


@dataclass(frozen=True)
class Spoken:
    """One gate of one rulebook (规则)."""

    gate: Gate
    book: LoadedRulebook

    def limits(self) -> dict[str, float]:
        """Return the gate's threshold table, empty where it is not loaded or it has none."""
        value = self.gate.value
        return dict(self.book.tables.get(table_id(value), {})) if isinstance(value, ValueTable) else {}


def gates(books: Sequence[LoadedRulebook], indicators: Iterable[str]) -> tuple[Spoken, ...]:
    """Return the gates of all rulebooks that judge one of `indicators`, rulebooks in order."""
    wanted = set(indicators)
    return tuple(
        Spoken(gate, book) for book in books for gate in book.rulebook.gates if gate.indicator in wanted
    )


def citations(found: Iterable[Spoken]) -> tuple[Citation, ...]:
    """Return what the gates rest on; a rule that stands in several rulebooks once, as the first has it."""
    seen: dict[tuple[str, str | None], Citation] = {}
    for spoken in found:
        cited = _citation(spoken)
        seen.setdefault((cited.rule_id, cited.clause), cited)
    return tuple(seen.values())


def _citation(spoken: Spoken) -> Citation:
    gate, book = spoken.gate, spoken.book
    behind = source(book.policies, gate.clause, gate.status)
    return Citation(
        rule_id=gate.id,
        title=gate.title.zh,
        title_en=gate.title.text("en"),
        role=gate.role,
        threshold=_threshold(spoken),
        rulebook=book.rulebook.id,
        edition=book.rulebook.edition,
        clause=gate.clause,
        clause_title=behind.title,
        status=behind.status,
        status_text=f"{behind.status} {behind.short}",
        status_note=behind.note,
        advice=gate.advice or "",
        note=gate.note or "",
    )


def _threshold(spoken: Spoken) -> str:
    gate = spoken.gate
    if isinstance(gate.value, ValueTable):
        return "按目标用途" if spoken.limits() else "未提供"
    text = threshold_text(gate)
    if gate.unknown_between is not None:
        text += "，大于 {:g} 且小于 {:g} ㎡ 须人工核对".format(*gate.unknown_between)
    tolerance = gate.params.get("tolerance_share"), gate.params.get("tolerance_m2")
    if all(isinstance(value, float) for value in tolerance):
        text += "，容差 {:g} 与 {:g} ㎡ 取小".format(*tolerance)
    return text


def contact_band(found: Iterable[Spoken]) -> tuple[float, float] | None:
    """Return the widest band of areas [m²] that the rules want looked at by a person, None where none names one."""
    bands = [spoken.gate.unknown_between for spoken in found if spoken.gate.unknown_between is not None]
    return (min(low for low, _ in bands), max(high for _, high in bands)) if bands else None


def distance_m(found: Iterable[Spoken]) -> float | None:
    """Return the largest distance [m] within which a rule applies, None where none names one."""
    fixed = [float(s.gate.value) for s in found if isinstance(s.gate.value, float)]
    listed = [limit for s in found for limit in s.limits().values()]
    return max([*fixed, *listed], default=None)
