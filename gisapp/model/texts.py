"""Official texts that a bureau attaches to clauses (条款原文): which file, whose bytes, by whom and when."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from gisapp.model.base import Noun


class AttachedText(Noun):
    """The official text of one clause (条款原文): ``file`` is below ``parcels/policies/texts/``, ``name`` what it was called."""

    clause: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*/.+$")
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str
    attached_by: str
    attached_on: date


class AttachedTexts(Noun):
    """The texts of a workspace (条款原文目录)."""

    texts: tuple[AttachedText, ...] = ()

    @field_validator("texts")
    @classmethod
    def _one_each(cls, texts: tuple[AttachedText, ...]) -> tuple[AttachedText, ...]:
        clauses = [text.clause for text in texts]
        twice = sorted({clause for clause in clauses if clauses.count(clause) > 1})
        if twice:
            raise ValueError(f"同一条款附了两份原文：{'、'.join(twice)}")
        return texts
