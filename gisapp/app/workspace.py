"""A workspace (工作区): a folder with layers/ and parcels/, and the verbs over it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Final

import geopandas as gpd
import pandas as pd

from gisapp.app.inputfiles import stamp
from gisapp.app.parcels import STATE_FOLDER, ParcelTable, read_parcels
from gisapp.app.scenariosettings import applying, settings_of
from gisapp.app.storing import existing_store, stored_table
from gisapp.context import Context, build_context
from gisapp.context.overrides import is_override, with_overrides
from gisapp.crs import ellipsoidal_area, parse_crs
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation, evaluate
from gisapp.evaluation.explain import Explanation, explain
from gisapp.evaluation.flips import WouldTake, load_levers, would_take
from gisapp.evaluation.folder import load, save
from gisapp.evaluation.holding import holding_back
from gisapp.evaluation.manifest import run_id
from gisapp.evaluation.measure import signatures
from gisapp.evaluation.robust import Sensitivity, sensitivity
from gisapp.evaluation.subjects import id_column
from gisapp.io.yamlfile import load_yaml
from gisapp.model.changes import OFFICIAL
from gisapp.model.layers import Catalog
from gisapp.model.parcels import ParcelSchema
from gisapp.model.rules import Rulebook, Subject
from gisapp.rules.load import (
    SUBJECT_WORDS,
    LoadedRulebook,
    Policies,
    in_force,
    load_policies,
    load_rulebook,
    rulebook_files,
)
from gisapp.rules.override import override
from gisapp.store import ParcelStore

Progress = Callable[[str, int, int], None]
REPLACED_KEPT: Final = 3
"""Contexts with replaced layers that are kept; each holds its own indexes."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


class Workspace:
    """One opened workspace (工作区).

    Everything is read on first use and kept; `reload` drops what was kept. Safe to use from several threads.

    Parameters
    ----------
    root
        The folder that holds ``layers/`` and ``parcels/``.
    """

    branch: str = OFFICIAL
    _revision: int | None = None
    _layers_of: Workspace | None = None

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).resolve()
        self._start()
        if not (self.root / "layers" / "catalog.yaml").exists():
            action = "检查路径，或用 gisapp init 新建工作区"
            raise InputError(
                Problem("不是工作区：缺少 layers/catalog.yaml", file=str(self.root), action=action)
            )

    def _start(self) -> None:
        self._lock = RLock()
        # An evaluation takes seconds: whoever only reads must not wait for it.
        self._run_lock = RLock()
        self._evaluations: dict[str, Evaluation] = {}
        self._replaced: dict[tuple[str, tuple[tuple[str, str], ...]], Context] = {}
        self._sensitivities: dict[str, Sensitivity] = {}

    def at(self, branch: str = OFFICIAL, revision: int | None = None) -> Workspace:
        """Return the same workspace with the parcels of a branch at a revision (方案或历史版本).

        Layers, tables and rulebooks are shared; by default the newest revision, read on first use.
        """
        other = copy.copy(self)
        for name in ("_table", "_context"):
            other.__dict__.pop(name, None)
        other.branch, other._revision, other._layers_of = branch, revision, self._layers_of or self
        other._start()
        return other

    @cached_property
    def _opened_store(self) -> ParcelStore:
        found = existing_store(self.root)
        if found is None:
            raise LookupError("no store")
        return found

    @property
    def store(self) -> ParcelStore | None:
        """The editable store if it has been created (地块库), else None."""
        owner = self._layers_of or self
        try:
            return owner._opened_store
        except LookupError:
            return None

    @cached_property
    def catalog(self) -> Catalog:
        """The checked layer catalogue (图层目录)."""
        return load_yaml(self.root / "layers" / "catalog.yaml", Catalog, root=self.root)[0]

    @cached_property
    def schema(self) -> ParcelSchema:
        """The checked parcel schema (地块字段表)."""
        return load_yaml(self.root / "parcels" / "schema.yaml", ParcelSchema, root=self.root)[0]

    @property
    def table(self) -> ParcelTable:
        """The current parcel table (当前地块)."""
        # Not a cached_property: its own lock, taken before ours, could wait for a thread in `context` forever.
        with self._lock:
            if "_table" not in self.__dict__:
                self.__dict__["_table"] = self._read_table()
            table: ParcelTable = self.__dict__["_table"]
            return table

    def _read_table(self) -> ParcelTable:
        store = self.store
        if store is None:
            if self.branch != OFFICIAL or self._revision:
                raise UsageError(
                    "还没有地块库，没有方案和历史版本", action="先编辑一次，或去掉 --scenario 与 --revision"
                )
            return read_parcels(self.root, self.catalog, self.schema)
        snapshot = store.read(self.branch, self._revision)
        if self._revision is not None and store.revision(self._revision).number != self._revision:
            raise UsageError(f"没有版本 {self._revision}")
        return stored_table(store, snapshot, self.schema, parse_crs(self.catalog.workspace.crs))

    @property
    def parcels(self) -> gpd.GeoDataFrame:
        """The current parcels in the workspace's CRS."""
        return self.table.frame

    @cached_property
    def policies(self) -> Policies:
        """All policy documents (政策库)."""
        return load_policies(self.root)

    def context(self, *, progress: Progress = silent) -> Context:
        """Return the context on the data date, built once (评价环境)."""
        with self._lock:
            if "_context" not in self.__dict__:
                self.__dict__["_context"] = self._make_context(progress)
            context: Context = self.__dict__["_context"]
            return context

    def _make_context(self, progress: Progress) -> Context:
        if self._layers_of is None:
            # Before they are read: what changes while they are read counts as changed.
            self.__dict__["_stamp"] = stamp(self.root)
            return build_context(self.catalog, self.root, self.parcels, progress=progress)
        layers = self._layers_of.context(progress=progress)
        areas = ellipsoidal_area(self.parcels.geometry.to_numpy(), layers.crs)
        return layers.with_fabric(self.parcels.assign(area_m2=areas))

    def files_changed(self) -> bool:
        """Return whether layers, tables, code lists or policies have changed on the disk since they were read."""
        owner = self._layers_of or self
        known = owner.__dict__.get("_stamp")
        return known is not None and known != stamp(owner.root)

    def context_for(
        self, settings: Mapping[str, str], *, as_of: date | None = None, progress: Progress = silent
    ) -> Context:
        """Return the context as settings want it: network year, replaced layers (情景环境); the latter are kept."""
        replaced = {name: text for name, text in settings.items() if is_override(name)}
        context = self.context(progress=progress)
        if replaced:
            key = (context.hash, tuple(sorted(replaced.items())))
            with self._lock:
                if key not in self._replaced:
                    while len(self._replaced) >= REPLACED_KEPT:
                        self._replaced.pop(next(iter(self._replaced)))
                    self._replaced[key] = with_overrides(context, replaced, self.root / "layers")
                context = self._replaced[key]
        year = int(settings["service_year"]) if "service_year" in settings else None
        return context.at(as_of or self.catalog.workspace.data_date, service_year=year)

    @property
    def state(self) -> Path:
        """The folder of run state (运行状态)."""
        return self.root / STATE_FOLDER

    def reload(self) -> None:
        """Forget everything read so far, so that the next use reads the files again."""
        with self._lock:
            for name in (
                "catalog",
                "schema",
                "_table",
                "policies",
                "_context",
                "_stamp",
                "_books",
                "_opened_store",
            ):
                self.__dict__.pop(name, None)
            self._evaluations.clear()
            self._replaced.clear()
            self._sensitivities.clear()

    @cached_property
    def _books(self) -> tuple[dict[Path, Rulebook], list[InputError]]:
        """The rulebooks that can be read, and what is wrong with the others: one bad file leaves the rest in use."""
        books: dict[Path, Rulebook] = {}
        faults: list[InputError] = []
        for path in rulebook_files(self.root):
            try:
                books[path] = load_yaml(path, Rulebook, root=self.root)[0]
            except InputError as error:
                faults.append(error)
        return books, faults

    def rulebooks(self, *, as_of: date | None = None, subject: Subject | None = "parcel") -> list[Rulebook]:
        """Return the edition in force of every rulebook about a `subject` (评价规则集), by id; None for all of them.

        The map and its lists speak of parcels, so that is what is meant unless another subject is named.
        """
        day = as_of or self.catalog.workspace.data_date
        books, faults = self._books
        if faults and not books:
            raise faults[0]
        valid = (book for book in books.values() if book.effective.covers(day))
        return sorted((book for book in valid if subject in (None, book.subject)), key=lambda b: b.id)

    def rulebook(self, rulebook_id: str, *, as_of: date | None = None) -> LoadedRulebook:
        """Return the checked edition of a rulebook that is in force on `as_of`, by default the data date."""
        day = as_of or self.catalog.workspace.data_date
        books, faults = self._books
        if faults and not any(book.id == rulebook_id for book in books.values()):
            raise faults[0]
        path = in_force(books, rulebook_id, day)
        return load_rulebook(path, root=self.root, policies=self.policies, signatures=signatures())

    def evaluate(
        self,
        rulebook_id: str,
        *,
        as_of: date | None = None,
        settings: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> Evaluation:
        """Return the evaluation of all parcels (评价), from the run folder if the same run was made before.

        On a scheme's branch its settings hold where `settings` do not say otherwise; the manifest names all of them.
        """
        loaded, chosen = self.ruled(rulebook_id, as_of=as_of, settings=settings)
        context = self.context_for(chosen, as_of=as_of, progress=progress)
        run = run_id(context, loaded, settings=chosen, parcels_hash=self.table.hash)
        with self._run_lock:
            if run not in self._evaluations:
                self._evaluations[run] = self._run(run, loaded, context, chosen, progress)
            return self._evaluations[run]

    def ruled(
        self, rulebook_id: str, *, as_of: date | None = None, settings: Mapping[str, str] | None = None
    ) -> tuple[LoadedRulebook, dict[str, str]]:
        """Return the rulebook with all settings that hold for it, and these: the scenario's under the given ones."""
        loaded = self.rulebook(rulebook_id, as_of=as_of)
        chosen = {**applying(self.scenario_settings(), loaded.rulebook), **(settings or {})}
        return override(loaded, chosen), chosen

    def scenario_settings(self) -> dict[str, str]:
        """Return the settings of the scheme whose parcels these are (情景设置); empty on the official branch."""
        return settings_of(self.store, self.branch) if self.branch != OFFICIAL else {}

    def ready(self, rulebook_id: str) -> Evaluation | None:
        """Return the evaluation on the data date, by no settings but the scheme's, if it is at hand, else None."""
        day, own = self.catalog.workspace.data_date.isoformat(), self.scenario_settings()
        for found in tuple(self._evaluations.values()):
            manifest = found.manifest
            if found.rulebook.id != rulebook_id or manifest["as_of"] != day:
                continue
            if manifest["settings"] == applying(own, found.rulebook):
                return found
        return None

    def _run(
        self,
        run: str,
        loaded: LoadedRulebook,
        context: Context,
        settings: Mapping[str, str],
        progress: Progress,
    ) -> Evaluation:
        folder = self.state / "runs" / run
        if (folder / "run.json").exists():
            return load(folder, loaded)
        return evaluate(
            self.parcels,
            context,
            rulebook=loaded,
            settings=settings,
            parcels_hash=self.table.hash,
            revision=self.table.revision,
            progress=progress,
        )

    def sensitivity(self, rulebook_id: str, *, settings: Mapping[str, str] | None = None) -> Sensitivity:
        """Return how sure the ranking of a rulebook is on the data date (敏感性分析), made once for each run."""
        evaluation = self.evaluate(rulebook_id, settings=settings)
        with self._run_lock:
            if evaluation.run_id not in self._sensitivities:
                self._sensitivities[evaluation.run_id] = sensitivity(evaluation)
            return self._sensitivities[evaluation.run_id]

    def save_run(self, evaluation: Evaluation, folder: Path | None = None) -> Path:
        """Write the run folder of an evaluation to `folder`, by default ``.gisapp/runs/<run_id>``."""
        target = folder or self.state / "runs" / evaluation.run_id
        day = date.fromisoformat(evaluation.manifest["as_of"])
        context = self.context_for(evaluation.manifest["settings"], as_of=day)
        return save(evaluation, target, parcels=self.parcels, context=context)

    def explain(
        self,
        parcel_id: str,
        rulebook_id: str,
        *,
        as_of: date | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Explanation:
        """Return why a parcel, or whatever the rulebook is about, got its verdict (解释)."""
        evaluation = self.evaluate(rulebook_id, as_of=as_of, settings=settings)
        try:
            return explain(evaluation, parcel_id)
        except KeyError as error:
            raise self._no_subject(evaluation, parcel_id) from error

    def holding_back(
        self,
        park_id: str,
        rulebook_id: str,
        *,
        as_of: date | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Return the parcels that hold a park back, those that cost it most first (拖累得分的地块)."""
        evaluation = self.evaluate(rulebook_id, as_of=as_of, settings=settings)
        day = as_of or self.catalog.workspace.data_date
        try:
            context = self.context_for(evaluation.manifest["settings"], as_of=day)
            return holding_back(evaluation, context, park_id)
        except KeyError as error:
            raise self._no_subject(evaluation, park_id) from error

    def would_take(
        self,
        parcel_id: str,
        rulebook_id: str,
        *,
        as_of: date | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> WouldTake:
        """Return the smallest changes that would give a parcel the verdict that its rulebook aims at (怎样才能)."""
        loaded, chosen = self.ruled(rulebook_id, as_of=as_of, settings=settings)
        if loaded.rulebook.subject != "parcel":
            raise UsageError(
                f"规则集 {rulebook_id} 评价的不是地块，不能试算", action="换一个以地块为评价对象的规则集"
            )
        row = self.parcels[self.parcels["parcel_id"] == parcel_id]
        if row.empty:
            raise self._no_parcel(parcel_id)
        return would_take(
            row.reset_index(drop=True),
            self.context_for(chosen, as_of=as_of),
            loaded,
            load_levers(self.root),
            goal=loaded.rulebook.goal,
            target_use=chosen.get("target_use"),
        )

    def _no_subject(self, evaluation: Evaluation, given: str) -> InputError:
        subject = evaluation.rulebook.subject
        if subject == "parcel":
            return self._no_parcel(given)
        word, known = SUBJECT_WORDS[subject], str(evaluation.parcels["parcel_id"].iloc[0])
        return InputError(
            Problem(
                f"没有这个{word}",
                field=id_column(subject),
                value=given,
                expected=f"例如 {known}",
                action=f"检查{word}标识",
            )
        )

    def _no_parcel(self, parcel_id: str) -> InputError:
        known = str(self.parcels["parcel_id"].iloc[0]) if len(self.parcels) else "（没有地块）"
        return InputError(
            Problem(
                "没有这宗地块",
                field="parcel_id",
                value=parcel_id,
                expected=f"例如 {known}",
                action="检查地块编号",
            )
        )
