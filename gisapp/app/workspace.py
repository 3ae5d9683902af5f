"""A workspace (工作区): a folder with layers/ and parcels/, and the verbs over it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock

import geopandas as gpd

from gisapp.app.parcels import STATE_FOLDER, ParcelTable, read_parcels
from gisapp.app.storing import existing_store, stored_table
from gisapp.context import Context, build_context
from gisapp.crs import ellipsoidal_area, parse_crs
from gisapp.errors import InputError, Problem, UsageError
from gisapp.evaluation import Evaluation, evaluate
from gisapp.evaluation.explain import Explanation, explain
from gisapp.evaluation.folder import load, save
from gisapp.evaluation.manifest import run_id
from gisapp.evaluation.measure import signatures
from gisapp.io.yamlfile import load_yaml
from gisapp.model.changes import OFFICIAL
from gisapp.model.layers import Catalog
from gisapp.model.parcels import ParcelSchema
from gisapp.model.rules import Rulebook
from gisapp.rules.load import (
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
            return build_context(self.catalog, self.root, self.parcels, progress=progress)
        layers = self._layers_of.context(progress=progress)
        areas = ellipsoidal_area(self.parcels.geometry.to_numpy(), layers.crs)
        return layers.with_fabric(self.parcels.assign(area_m2=areas))

    @property
    def state(self) -> Path:
        """The folder of run state (运行状态)."""
        return self.root / STATE_FOLDER

    def reload(self) -> None:
        """Forget everything read so far, so that the next use reads the files again."""
        with self._lock:
            for name in ("catalog", "schema", "_table", "policies", "_context", "_books", "_opened_store"):
                self.__dict__.pop(name, None)
            self._evaluations.clear()

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

    def rulebooks(self, *, as_of: date | None = None) -> list[Rulebook]:
        """Return the edition in force of every rulebook (评价规则集), by id."""
        day = as_of or self.catalog.workspace.data_date
        books, faults = self._books
        if faults and not books:
            raise faults[0]
        return sorted((book for book in books.values() if book.effective.covers(day)), key=lambda b: b.id)

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
        """Return the evaluation of all parcels (评价), from the run folder if the same run was made before."""
        chosen = dict(settings or {})
        loaded = override(self.rulebook(rulebook_id, as_of=as_of), chosen)
        year = int(chosen["service_year"]) if "service_year" in chosen else None
        day = as_of or self.catalog.workspace.data_date
        context = self.context(progress=progress).at(day, service_year=year)
        run = run_id(context, loaded, settings=chosen, parcels_hash=self.table.hash)
        with self._run_lock:
            if run not in self._evaluations:
                self._evaluations[run] = self._run(run, loaded, context, chosen, progress)
            return self._evaluations[run]

    def ready(self, rulebook_id: str) -> Evaluation | None:
        """Return the evaluation by the rulebook's own settings on the data date if it is at hand, else None."""
        day = self.catalog.workspace.data_date.isoformat()
        for found in tuple(self._evaluations.values()):
            manifest = found.manifest
            if found.rulebook.id == rulebook_id and not manifest["settings"] and manifest["as_of"] == day:
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

    def save_run(self, evaluation: Evaluation, folder: Path | None = None) -> Path:
        """Write the run folder of an evaluation to `folder`, by default ``.gisapp/runs/<run_id>``."""
        target = folder or self.state / "runs" / evaluation.run_id
        return save(evaluation, target, parcels=self.parcels, context=self.context())

    def explain(
        self,
        parcel_id: str,
        rulebook_id: str,
        *,
        as_of: date | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Explanation:
        """Return why a parcel got its verdict (解释)."""
        evaluation = self.evaluate(rulebook_id, as_of=as_of, settings=settings)
        try:
            return explain(evaluation, parcel_id)
        except KeyError as error:
            known = str(self.parcels["parcel_id"].iloc[0]) if len(self.parcels) else "（没有地块）"
            raise InputError(
                Problem(
                    "没有这宗地块",
                    field="parcel_id",
                    value=parcel_id,
                    expected=f"例如 {known}",
                    action="检查地块编号",
                )
            ) from error
