"""Groups of adjacent candidates: each found once, each member needed, best first."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisapp.evaluation.assembly import AssemblyRules, assemblies


def squares(cells, size=100.0):
    """Return squares of a grid by (column, row)."""
    shapes = [shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size) for x, y in cells]
    ids = [f"P{k}" for k in range(len(cells))]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs="EPSG:4549")


def find(cells, *, least=15_000.0, owners=None, gain=None, **rules):
    frame = squares(cells)
    n = len(cells)
    return assemblies(
        frame,
        area_m2=np.full(n, 10_000.0),
        owners=np.ones(n) if owners is None else np.array(owners, dtype=float),
        gain_m2=np.full(n, 1_000.0) if gain is None else np.array(gain, dtype=float),
        rules=AssemblyRules(least, **rules),
        most=1_000,
    )


def test_two_neighbours_that_are_too_small_alone_make_a_group():
    found = find([(0, 0), (1, 0), (5, 5)]).table
    assert found["members"].tolist() == ["P0;P1"]
    row = found.iloc[0]
    assert (row["area_m2"], row["owners"], row["gain_m2"], row["gain_per_owner_m2"], row["small"]) == (
        20_000.0, 2.0, 2_000.0, 1_000.0, 2,
    )  # fmt: skip


def test_a_corner_is_no_common_boundary():
    assert find([(0, 0), (1, 1)]).table.empty


def test_a_parcel_that_is_large_enough_alone_needs_no_group():
    assert find([(0, 0), (1, 0)], least=9_000.0).table.empty


def test_groups_rank_by_gain_per_owner_and_share_no_parcel():
    found = find([(0, 0), (1, 0), (2, 0)], owners=[1, 1, 2], gain=[500, 900, 5000]).table
    assert found["members"].tolist() == ["P1;P2"]
    assert found["gain_per_owner_m2"].iloc[0] == pytest.approx(5900 / 3)


def test_too_many_owners_or_an_unknown_figure_keep_a_parcel_out():
    assert find([(0, 0), (1, 0)], owners=[4, 3]).table.empty
    assert find([(0, 0), (1, 0)], owners=[1, np.nan]).table.empty
    assert find([(0, 0), (1, 0)], gain=[np.nan, 5]).table.empty


@pytest.mark.parametrize("least", [15_000.0, 25_000.0, 35_000.0])
def test_the_best_group_is_the_best_of_all_that_brute_force_finds(least):
    rng = np.random.default_rng(11)
    cells = [(x, y) for x in range(4) for y in range(3)]
    owners, gain = rng.integers(1, 4, 12), rng.integers(0, 5000, 12).astype(float)
    frame = squares(cells)

    def connected(group):
        return (
            shapely.union_all(shapely.buffer(frame.geometry.to_numpy()[list(group)], 0)).geom_type
            == "Polygon"
        )

    def fits(group):
        big = len(group) * 10_000 >= least
        spare = any(
            (len(group) - 1) * 10_000 >= least and connected([g for g in group if g != m]) for m in group
        )
        return big and connected(group) and not spare and owners[list(group)].sum() <= 6

    every = [g for size in range(2, 6) for g in combinations(range(12), size) if fits(g)]
    best = max(gain[list(g)].sum() / owners[list(g)].sum() for g in every)
    found = find(cells, least=least, owners=owners, gain=gain)
    assert not found.cut_off and found.table["gain_per_owner_m2"].iloc[0] == pytest.approx(best)
