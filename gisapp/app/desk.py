"""What the desk asks for (工作台数据): boot document, card, ranked list, colours, search, tiles."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any, Final

import numpy as np

from gisapp.app.card import Card, card
from gisapp.app.display import PLACES, Display
from gisapp.app.imagery import imagery_info
from gisapp.app.process import process_part, processes
from gisapp.app.ranking import Filters, rank_rows
from gisapp.app.search import Hit, SearchIndex
from gisapp.app.tiles import build_tiles, layer_sources
from gisapp.app.tones import screen_colors
from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.errors import InputError, Problem
from gisapp.evaluation import Evaluation
from gisapp.evaluation.explain import VERDICT_WORDS, verdict_word
from gisapp.i18n import english, translate
from gisapp.io.hashing import sha256_text
from gisapp.rules.load import SUBJECT_WORDS
from gisapp.settings import Language
from gisapp.tiles import TileSet, VectorSource
from gisapp.tiles.cache import Once

PRODUCT: Final = "江北新区用地分析平台"
LETTERS: Final = {
    "candidate": "c",
    "not_candidate": "n",
    "prohibited": "p",
    "unknown": "u",
    "not_applicable": "x",
}


@dataclass
class Desk:
    """The answers that the map page and the routes need, over one workspace (工作台)."""

    workspace: Workspace
    layers: Once[list[VectorSource]] | None = None
    """Tile sources of the layers, shared with the desks over other states of the parcels."""

    def __post_init__(self) -> None:
        self._lock = RLock()

    @cached_property
    def display(self) -> Display:
        """The display copy of the parcels."""
        with self._lock:
            return Display.build(self.workspace.parcels, self.workspace.context())

    @cached_property
    def search_index(self) -> SearchIndex:
        """The search index over codes, names, enterprises, stations and parks."""
        return SearchIndex.build(self.workspace, self.display)

    @cached_property
    def tiles(self) -> TileSet:
        """The tile set of the current parcels and layers."""
        with self._lock:
            shared = self.layers.get() if self.layers else layer_sources(self.workspace.context())
            return build_tiles(self.workspace.parcels, shared, version=self.version)

    @cached_property
    def version(self) -> str:
        """The version in tile addresses (瓦片版本): changes with the parcels, the layers and the display form."""
        context = self.workspace.context()
        return sha256_text(["display-3", self.workspace.table.hash, context.hash])[:16]

    def evaluations(self) -> dict[str, Evaluation]:
        """Return the evaluation of every rulebook in force that can be evaluated, by id.

        What is wrong with another is said where that one is asked for; it does not take the rest down.
        """
        found: dict[str, Evaluation] = {}
        for book in self.workspace.rulebooks():
            with contextlib.suppress(InputError):
                found[book.id] = self.workspace.evaluate(book.id)
        return found

    def card(self, parcel_id: str, rulebook: str | None) -> Card:
        """Return the card of a parcel with its recorded processes; raises KeyError if there is no such parcel.

        ``process`` is None where a definition of a process is faulty; the fault is said where processes are shown.
        """
        found = self.evaluations()
        chosen = found.get(rulebook or "")
        others = {id_: evaluation for id_, evaluation in found.items() if id_ != rulebook}
        shown = card(self.workspace, self.display, parcel_id, chosen=chosen, others=others)
        shown["process"] = None
        with contextlib.suppress(InputError):
            shown["process"] = [process_part(item) for item in processes(self.workspace, parcel_id, found)]
        return shown

    def theme(self, rulebook: str) -> dict[str, Any]:
        """Return one letter and one score per parcel, in the order of feature ids."""
        evaluation = self._of_parcels(rulebook)
        score = np.round(evaluation.parcels["score"].to_numpy(dtype=float), 2)
        return {
            **_run(evaluation),
            "verdict": "".join(LETTERS[name] for name in evaluation.parcels["verdict"]),
            "score": [None if np.isnan(value) else float(value) for value in score],
        }

    def _of_parcels(self, rulebook: str) -> Evaluation:
        """Return the evaluation of a rulebook, or raise if it is not about parcels: the map shows nothing else."""
        book = self.workspace.rulebook(rulebook).rulebook
        if book.subject != "parcel":
            word = SUBJECT_WORDS[book.subject]
            problem = Problem(
                f"规则集 {rulebook} 评价的是{word}，不在地图上着色", field="rulebook", value=rulebook,
                action="在园区页查看",
            )  # fmt: skip
            raise InputError(problem)
        return self.workspace.evaluate(rulebook)

    def rank(self, rulebook: str, filters: Filters, *, limit: int, offset: int) -> dict[str, Any]:
        """Return one page of the ranked list and the counts of all verdicts."""
        evaluation = self._of_parcels(rulebook)
        rows, total = rank_rows(self.workspace, self.display, evaluation, filters, limit=limit, offset=offset)
        return {
            **_run(evaluation),
            "title": evaluation.rulebook.title.zh,
            "counts": evaluation.counts(),
            "total": total,
            "rows": rows,
        }

    def search(self, query: str, *, limit: int = 12) -> list[Hit]:
        """Return the best hits for a query."""
        return self.search_index.find(query, limit=limit)

    def places(self) -> dict[str, list[str]]:
        """Return the parks, streets, stations and lines that parcels lie at, for filters."""
        return {name: sorted(self.display.places[name].dropna().unique()) for name in PLACES}

    def boot(self, language: Language) -> dict[str, Any]:
        """Return what the map page must know before its first question, without the token."""
        info = self.workspace.catalog.workspace
        view = info.view
        return {
            "api": "/api",
            "version": self.version,
            "branch": self.workspace.branch,
            "edit": editing_of(self.workspace),
            "imagery": imagery_info(self.workspace.catalog, language),
            "lang": language,
            "texts": english() if language == "en" else {},
            "product": translate(PRODUCT, language),
            "workspace": {
                "id": info.id,
                "title": info.title.text(language),
                "synthetic": info.synthetic,
                "note": info.note.text(language) if info.note else "",
                "data_date": info.data_date.isoformat(),
                "revision": self.workspace.table.revision,
                "crs": info.crs,
                "parcels": len(self.workspace.parcels),
            },
            "view": {"lon": view.lon, "lat": view.lat, "zoom": view.zoom} if view else self._whole_view(),
            "bookmarks": [
                {"id": b.id, "title": b.title.text(language), "lon": b.lon, "lat": b.lat, "zoom": b.zoom}
                for b in self.workspace.catalog.bookmarks
            ],
            "groups": [{"id": g.id, "title": g.title.text(language)} for g in self.workspace.catalog.groups],
            "layers": [
                _layer(self.workspace.context(), id_, language) for id_ in self.workspace.context().layers
            ],
            "land_use": _land_use(self.workspace.context(), language),
            "rulebooks": [
                {
                    "id": book.id,
                    "title": book.title.text(language),
                    "edition": book.edition,
                    "words": {name: translate(verdict_word(book, name), language) for name in VERDICT_WORDS},
                }
                for book in self.workspace.rulebooks()
            ],
        }

    def _whole_view(self) -> Mapping[str, float]:
        bounds = self.display.bounds
        if len(bounds) == 0:
            return {"lon": 118.7, "lat": 32.1, "zoom": 10}
        west, south = np.nanmin(bounds[:, :2], axis=0)
        east, north = np.nanmax(bounds[:, 2:], axis=0)
        zoom = float(np.clip(np.log2(360 / max(east - west, (north - south) * 1.6, 1e-4)) + 1, 3, 16))
        return {"lon": float((west + east) / 2), "lat": float((south + north) / 2), "zoom": round(zoom, 2)}


def editing_of(workspace: Workspace) -> dict[str, Any]:
    """Return whether the parcels can be edited here, and if not, why (可否编辑)."""
    folder = workspace.state if workspace.state.exists() else workspace.root
    if not os.access(folder, os.W_OK):
        return {"enabled": False, "why": "工作区不可写，只能查看"}
    return {"enabled": True, "why": None}


def _run(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "run_id": evaluation.run_id,
        "rulebook": evaluation.rulebook.id,
        "edition": evaluation.rulebook.edition,
    }


def _layer(context: Context, id_: str, language: Language) -> dict[str, Any]:
    layer = context.layers[id_]
    spec = layer.spec
    style = spec.style.model_dump(exclude_none=True)
    for entry, source in zip(style.get("classes", ()), spec.style.classes, strict=False):
        entry["title"] = source.title.text(language)
    return {
        "id": id_,
        "title": spec.title.text(language),
        "group": spec.group,
        "kind": spec.kind,
        "role": spec.role,
        "as_of": spec.as_of.isoformat() if spec.as_of else None,
        "authority": spec.authority,
        "licence": spec.licence,
        "attribution": spec.attribution,
        "count": layer.count,
        "years": "opening_year" in spec.fields,
        "visible": spec.visible,
        "min_zoom": spec.min_zoom,
        "style": style,
    }


def _land_use(context: Context, language: Language) -> list[dict[str, str]]:
    if context.codes is None:
        return []
    colors = screen_colors(context.codes)
    return [
        {"code": e.code, "title": e.name_en if language == "en" else e.name_zh, "color": colors[e.code]}
        for e in context.codes.entries.values()
    ]


__all__ = ["PRODUCT", "Desk"]
