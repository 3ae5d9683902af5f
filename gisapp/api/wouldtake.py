"""What would it take (怎样才能), asked for on the card: steps, and the rules that stand in the way, with their titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from gisapp.app.desk import Desk
from gisapp.evaluation.explain import rule_of, verdict_word
from gisapp.i18n import Text
from gisapp.model.rules import Rulebook


def would_take_part(desk: Desk, parcel_id: str, rulebook: str) -> dict[str, Any]:
    """Return what would give a parcel the verdict that a rulebook aims at, as the route sends it.

    Raises
    ------
    KeyError
        If there is no such parcel.
    InputError
        If there is no such rulebook, or what can be turned cannot be read.
    UsageError
        If the rulebook is not about parcels.
    """
    if parcel_id not in desk.display.rows:
        raise KeyError(parcel_id)
    workspace = desk.workspace
    answer = workspace.would_take(parcel_id, rulebook)
    book = workspace.rulebook(rulebook).rulebook
    return {
        "parcel_id": answer.parcel_id,
        "rulebook": book.id,
        "edition": book.edition,
        "verdict": answer.verdict,
        "verdict_text": Text(verdict_word(book, answer.verdict)),
        "goal": answer.goal,
        "goal_text": Text(verdict_word(book, "candidate")),
        "reached": answer.reached,
        "possible": answer.possible,
        "alone": [asdict(step) for step in answer.alone],
        "together": [asdict(step) for step in answer.together],
        "binding": _rules(book, answer.binding),
        "unsure": _rules(book, answer.unsure),
    }


def _rules(book: Rulebook, ids: Iterable[str]) -> list[dict[str, str]]:
    """Return rules with their titles, in the order given."""
    titles = ((id_, rule_of(book, id_).title) for id_ in ids)
    return [{"rule_id": id_, "title": Text.of(title.zh, title.text("en"))} for id_, title in titles]
