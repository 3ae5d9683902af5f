"""What would it take (怎样才能): the smallest change per input that gives the verdict, or which rule stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation.flips.trial import Outcome, Trial
from gisapp.evaluation.verdicts import deciding
from gisapp.format import quantity, square_metres
from gisapp.i18n import Text, translate
from gisapp.model.levers import Amount, Lever, Retreat, State
from gisapp.rules.judged import FAIL, PASS, UNKNOWN, Judged
from gisapp.rules.load import LoadedRulebook
from gisapp.rules.words import state as statement
from gisapp.rules.words import word
from gisapp.units import UNITS

Goal = Literal["candidate", "not_candidate"]
Holds = Callable[[Outcome], npt.NDArray[np.bool_]]
GRID: Final = 257
MOST_TOGETHER: Final = 3


@dataclass(frozen=True)
class Step:
    """One input turned as little as is needed (一步): `delta` in `unit` for amounts, m² given up for retreats."""

    lever: str
    title: str
    who: str
    text: str
    delta: float | None
    unit: str | None


@dataclass(frozen=True)
class WouldTake:
    """What would give a parcel the verdict `goal` (怎样才能).

    ``alone`` are the steps each of which is enough; ``together`` the smallest set of steps that is enough where none
    is alone; ``binding`` the rules that no input here can turn, in the rulebook's order; ``unsure`` says that an
    unknown value is among what stands in the way, which data would settle.
    """

    parcel_id: str
    verdict: str
    goal: Goal
    alone: tuple[Step, ...] = ()
    together: tuple[Step, ...] = ()
    binding: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether the parcel has the verdict already."""
        return self.verdict == self.goal

    @property
    def possible(self) -> bool:
        """Whether the inputs here are enough."""
        return self.reached or bool(self.alone or self.together)


@dataclass(frozen=True)
class _Turn:
    """A lever at one place: an amount, a state, or the land that is left."""

    lever: Lever
    amount: float | None = None
    land: Any = None


def would_take(
    parcel: gpd.GeoDataFrame,
    context: Context,
    rulebook: LoadedRulebook,
    levers: Sequence[Lever],
    *,
    goal: Goal,
    target_use: str | None = None,
) -> WouldTake:
    """Return the smallest changes of single inputs that give `parcel`, a frame of one row, the verdict `goal`.

    Every answer is tried by measuring and judging the parcel with the changed input, reference sets (medians, peers)
    held as they are. Amounts are whole multiples of their lever's step: one step less does not reach the goal.
    """
    # What is only printed, and what only scores, cannot change a verdict.
    trial = Trial(parcel, context, deciding(rulebook, scores=False), target_use)
    parcel_id, verdict = str(parcel["parcel_id"].iloc[0]), str(trial.as_is.verdict[0])
    if verdict == goal:
        return WouldTake(parcel_id, verdict, goal)

    def reaches(outcome: Outcome) -> npt.NDArray[np.bool_]:
        return np.asarray(outcome.verdict == goal, dtype=bool)

    alone = [turn for lever in levers if (turn := _smallest(trial, lever, reaches)) is not None]
    blocking = _blocking(trial.as_is.judged, goal)
    unsure = tuple(r.rule_id for r in trial.as_is.judged if r.rule_id in blocking and r.verdict[0] == UNKNOWN)
    if alone:
        return WouldTake(
            parcel_id, verdict, goal, alone=tuple(_step(trial, turn) for turn in alone), unsure=unsure
        )
    turns = _turns(trial, levers, blocking, goal)
    together = _together(trial, turns, reaches)
    solved = {rule for _, rules in turns for rule in rules}
    binding = () if together else tuple(rule for rule in blocking if rule not in solved)
    steps = tuple(_step(trial, turn) for turn in together)
    return WouldTake(parcel_id, verdict, goal, together=steps, binding=binding, unsure=unsure)


def _blocking(judged: Sequence[Judged], goal: Goal) -> tuple[str, ...]:
    """Return the rules that stand between a parcel and the goal."""
    if goal == "not_candidate":
        return tuple(rule.rule_id for rule in judged if rule.role == "trigger" and rule.verdict[0] == PASS)
    hard = ("scope", "must", "prohibit")
    return tuple(
        rule.rule_id for rule in judged if rule.role in hard and rule.verdict[0] in (FAIL, UNKNOWN)
    ) or tuple(rule.rule_id for rule in judged if rule.role == "trigger" and rule.verdict[0] != PASS)


def _clears(rule_id: str, goal: Goal) -> Holds:
    """Return the test that one rule no longer stands in the way."""

    def holds(outcome: Outcome) -> npt.NDArray[np.bool_]:
        rule = next(rule for rule in outcome.judged if rule.rule_id == rule_id)
        if rule.role == "trigger":
            return np.asarray(rule.verdict == (PASS if goal == "candidate" else FAIL), dtype=bool)
        return np.asarray((rule.verdict != FAIL) & (rule.verdict != UNKNOWN), dtype=bool)

    return holds


def _turns(
    trial: Trial, levers: Sequence[Lever], blocking: Sequence[str], goal: Goal
) -> list[tuple[_Turn, tuple[str, ...]]]:
    """Return the levers that clear at least one blocking rule, turned just so far, with the rules that they clear."""
    out: list[tuple[_Turn, tuple[str, ...]]] = []
    for lever in levers:
        found = [(rule, _smallest(trial, lever, _clears(rule, goal))) for rule in blocking]
        cleared = [(rule, turn) for rule, turn in found if turn is not None]
        if cleared:
            farthest = max((turn for _, turn in cleared), key=lambda turn: abs(turn.amount or 0.0))
            out.append((farthest, tuple(rule for rule, _ in cleared)))
    return out


def _together(
    trial: Trial, turns: Sequence[tuple[_Turn, tuple[str, ...]]], reaches: Holds
) -> tuple[_Turn, ...]:
    """Return the smallest set of turns that reaches the goal, the first in the levers' order; empty if none does."""
    for size in range(2, MOST_TOGETHER + 1):
        for chosen in combinations([turn for turn, _ in turns], size):
            if bool(reaches(_tried(trial, chosen))[0]):
                return chosen
    return ()


def _tried(trial: Trial, turns: Sequence[_Turn]) -> Outcome:
    amounts = {
        turn.lever: np.array([turn.amount])
        for turn in turns
        if isinstance(turn.lever, Amount) and turn.amount is not None
    }
    states = [turn.lever for turn in turns if isinstance(turn.lever, State)]
    lands = [turn.land for turn in turns if turn.land is not None]
    land = None
    for other in lands:
        land = other if land is None else land.intersection(other)
    if land is not None and (land.is_empty or land.geom_type not in ("Polygon", "MultiPolygon")):
        return trial.as_is
    return trial.with_amounts(amounts, states, land)


def _smallest(trial: Trial, lever: Lever, holds: Holds) -> _Turn | None:
    """Return the least turn of one lever for which a test holds, None if there is none."""
    if isinstance(lever, State):
        if not _can_set(trial, lever):
            return None
        return _Turn(lever) if bool(holds(trial.with_amounts({}, [lever]))[0]) else None
    if isinstance(lever, Retreat):
        land = trial.retreated(lever)
        if land is None or not bool(holds(trial.with_amounts({}, [], land))[0]):
            return None
        return _Turn(lever, land=land)
    return _smallest_amount(trial, lever, holds)


def _can_set(trial: Trial, lever: State) -> bool:
    """Return whether a field may be set from what it is; a missing value may be anything."""
    if lever.field not in trial.parcel:
        return False
    cell = trial.parcel[lever.field]
    if cell.isna().iloc[0]:
        return True
    return not cell.isin([lever.value]).iloc[0] and (
        not lever.only_from or cell.isin(lever.only_from).iloc[0]
    )


def _smallest_amount(trial: Trial, lever: Amount, holds: Holds) -> _Turn | None:
    start = trial.value(lever)
    if np.isnan(start) or (lever.base is not None and start <= 0):
        return None
    end = lever.at_most * (trial.area_m2 if lever.per_area else 1.0)
    steps = int((end - start if lever.direction == "up" else start) / lever.step + 1e-9)
    sign = 1.0 if lever.direction == "up" else -1.0

    def at(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        values = np.maximum(start + sign * lever.step * counts, 0.0)
        return holds(trial.with_amounts({lever: values}, []))

    least = _least(at, steps)
    return None if least is None else _Turn(lever, amount=float(max(start + sign * lever.step * least, 0.0)))


def _least(at: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]], most: int) -> int | None:
    """Return the least whole number from 1 to `most` at which a test holds that, once it holds, goes on holding."""
    low, high = 0, most
    while high > low:
        spread = np.unique(np.linspace(low + 1, high, GRID).astype(np.int64))
        hits = np.flatnonzero(at(spread))
        if len(hits) == 0:
            return None
        first = int(hits[0])
        low, high = int(spread[first - 1]) if first else low, int(spread[first])
        if high - low <= 1:
            return high
    return None


def _step(trial: Trial, turn: _Turn) -> Step:
    lever = turn.lever
    title, who = Text.of(lever.title.zh, lever.title.text("en")), Text.of(lever.who.zh, lever.who.text("en"))
    if isinstance(lever, Amount):
        assert turn.amount is not None
        start = trial.value(lever)
        delta = turn.amount - start
        text = Text(
            "{title}提高 {delta}（{before} → {after}）" if lever.direction == "up" else "{title}降低 {delta}（{before} → {after}）",
            title=title, delta=_amount(abs(delta), lever.unit), before=_amount(start, lever.unit),
            after=_amount(turn.amount, lever.unit),
        )  # fmt: skip
        return Step(lever.id, title, who, text, delta, lever.unit)
    if isinstance(lever, State):
        value = lever.value
        after = Text(
            statement(lever.indicator, holds=value)
            if isinstance(value, bool)
            else word(lever.indicator, value)
        )
        known = not trial.parcel[lever.field].isna().iloc[0]
        text = Text("{title}（{after}）" if known else "查明为“{after}”，或{title}", title=title, after=after)
        return Step(lever.id, title, who, text, None, None)
    shape = np.array([turn.land], dtype=object)
    given_up = trial.area_m2 - float(ellipsoidal_area(shape, trial.context.crs)[0])
    text = Text("{title}：用地范围退让 {area}", title=title, area=square_metres(given_up))
    return Step(lever.id, title, who, text, -given_up, "m2")


def _amount(value: float, unit: str) -> Text:
    """Return a value with its unit in both languages."""
    said, sign = quantity(value, unit), UNITS.get(unit, unit)
    return Text.of(said, said.replace(sign, translate(sign, "en")) if sign else said)


def blocked_by(answer: WouldTake, titles: Mapping[str, str]) -> str:
    """Return the sentence that names the rules which nothing here can turn (做不到的原因)."""
    return "、".join(f"{rule} {titles.get(rule, '')}".strip() for rule in answer.binding)
