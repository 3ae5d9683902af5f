"""Our side: the same two rulebooks by gisapp, whole as the app calls it and step by step."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

from gisapp.app.workspace import Workspace
from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.evaluation import Evaluation, evaluate
from gisapp.evaluation.evaluate import judge
from gisapp.evaluation.measure import measure, prepare
from gisapp.evaluation.pairs import pair_table
from gisapp.evaluation.result import trace_table
from gisapp.evaluation.total import total
from gisapp.indicators import REGISTRY
from gisapp.rules.columns import needed
from gisapp.rules.load import LoadedRulebook

STEPS = {
    "overlay": {
        "udb_state", "udb_inside_share", "udb_outside_area", "farmland_area", "redline_area",
        "metro_protection_area", "metro_protection_certain", "in_park", "plan_far_max", "height_far",
        "potential_floor_area", "potential_limited", "zone_type", "in_wetland_share", "open_space_share",
    },
    "proximity": {
        "station_distance", "station_access", "hub_access", "rail_distance", "individual_risk", "river_distance",
        "noise_distance",
    },
    "zonal": {"flood_depth_max", "slope_mean", "elevation_mean"},
}  # fmt: skip


@dataclass
class World:
    parcels: object
    context: Context
    books: list[LoadedRulebook]


def read(root: Path) -> World:
    """Everything in memory, no index built."""
    workspace = Workspace(root)
    books = [workspace.rulebook(book.id) for book in workspace.rulebooks()]
    return World(workspace.parcels, workspace.context(), books)


def indexed_anew(world: World) -> Context:
    """The context without any index, its table of areas computed again: what is counted from here on."""
    given = {f.name: getattr(world.context, f.name) for f in fields(Context) if f.name != "_cache"}
    area = ellipsoidal_area(world.parcels.geometry.to_numpy(), world.context.crs)
    return Context(**given | {"fabric": world.parcels.assign(area_m2=area)})


def whole(world: World, step) -> list[Evaluation]:
    """Both evaluations as the app makes them, with trace and manifest."""
    with step("whole"):
        context = indexed_anew(world)
        return [evaluate(world.parcels, context, rulebook=book) for book in world.books]


def by_step(world: World, step) -> None:
    """The same work in the order of the steps; a step's indexes are built in it."""
    with step("area"):
        context = indexed_anew(world)
        prepared = prepare(world.parcels, context)
    wanted = [needed(book.rulebook) for book in world.books]
    measured: list[dict] = [{} for _ in world.books]
    for name in ("overlay", "proximity", "zonal", "attributes", "mix and pairs"):
        with step(name):
            for keys, columns in zip(wanted, measured, strict=True):
                here = {key: unit for key, unit in keys.items() if step_of(key[0]) == name}
                columns.update(measure(prepared, context, wanted=here))
            if name == "overlay" and context.has("park"):
                context.parks_of_fabric()
    for book, columns in zip(world.books, measured, strict=True):
        with step("rules"):
            judged = judge(book, columns, prepared, context)
            total(book.rulebook, judged)
            trace_table(prepared["parcel_id"].tolist(), judged)
        if book.rulebook.pairs:
            with step("mix and pairs"):
                pair_table(prepared, context, book, columns=columns, judge=judge)


def step_of(indicator: str) -> str:
    found = next((name for name, members in STEPS.items() if indicator in members), None)
    return found or ("mix and pairs" if REGISTRY[indicator].target else "attributes")


def untouched(world: World, geometry) -> World:
    """The same world with parcels that no earlier round has prepared."""
    return replace(world, parcels=world.parcels.set_geometry(geometry))
