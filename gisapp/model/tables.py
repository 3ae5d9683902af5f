"""Declared tables (资料表): figures that a bureau owns, each with its columns, provider, document and dates."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from gisapp.model.base import Noun, Title
from gisapp.model.rules import Status

ColumnType = Literal["text", "code", "number", "bool", "date"]


class ColumnSpec(Noun):
    """One column of a declared table (列): ``required`` cells may not be empty, ``key`` columns are unique together."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    dtype: ColumnType = "text"
    unit: str | None = None
    required: bool = False
    key: bool = False
    values: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None


class TableSpec(Noun):
    """One declared table (资料表): its rows stand in ``<id>.csv``, their provenance in ``<id>.yaml`` beside it.

    Where the CSV is not there, the table is 未提供 (not loaded), which is a finding and never a pass.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    columns: tuple[ColumnSpec, ...] = Field(min_length=1)
    note: str | None = None


class Provenance(Noun):
    """Whose figures a table holds, by which document, and who brought them in when (资料来源).

    ``sha256`` is that of the CSV these lines speak of, where an import wrote them: other bytes were edited since.
    """

    provider: str
    document: str | None = None
    as_of: date
    status: Status = "D"
    loaded_by: str | None = None
    loaded_on: date | None = None
    synthetic: bool = False
    note: str | None = None
    sha256: str | None = None


class TableCatalog(Noun):
    """The declared tables of a workspace (资料表目录)."""

    tables: tuple[TableSpec, ...] = ()

    @field_validator("tables")
    @classmethod
    def _ids_are_unique(cls, tables: tuple[TableSpec, ...]) -> tuple[TableSpec, ...]:
        ids = [table.id for table in tables]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"资料表 id 重复：{'、'.join(twice)}")
        return tables
