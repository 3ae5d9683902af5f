"""Hand-made fabrics at coordinates of real size, and an oracle that shares nothing with the code under test."""

from __future__ import annotations

import numpy as np
import shapely

from gisapp.topology import Fabric, Outcome, apply, same

X0, Y0 = 376000.0, 3555000.0


def at(*pairs):
    """Points given in metres from the corner of the scene."""
    return [(X0 + x, Y0 + y) for x, y in pairs]


def p(x, y):
    return X0 + x, Y0 + y


def poly(shell, *holes):
    return shapely.Polygon(at(*shell), [at(*hole) for hole in holes])


def square(x, y, size=100.0, height=None):
    h = size if height is None else height
    return poly([(x, y), (x + size, y), (x + size, y + h), (x, y + h)])


def grid(columns=3, rows=3, size=100.0):
    """Squares r0c0, r0c1, … that share corners; row 0 is the lowest."""
    ids = [f"r{r}c{c}" for r in range(rows) for c in range(columns)]
    return Fabric.build(ids, [square(c * size, r * size, size) for r in range(rows) for c in range(columns)])


def ring_with_island():
    """A parcel with a hole that another fills, and a third beside them."""
    outer = poly(
        [(0, 0), (100, 0), (100, 100), (0, 100)],
        [(30, 30), (30, 60), (60, 60), (60, 30)],
        [(70, 70), (70, 80), (80, 80), (80, 70)],
    )
    return Fabric.build(["ring", "island", "east"], [outer, square(30, 30, 30.0), square(100, 0)])


def name(parent, k):
    return f"拟-{parent}-{k}"


def codes(outcome_or_findings, severity=None):
    found = getattr(outcome_or_findings, "findings", outcome_or_findings)
    return sorted({f.code for f in found if severity is None or f.severity == severity})


def corners(geometry):
    return [tuple(xy) for xy in shapely.get_coordinates(geometry).tolist()]


def all_outlines(fabric):
    return fabric.outlines(fabric.ids)


def assert_sound(before: Fabric, outcome: Outcome, *, whole: bool = True) -> Fabric:
    """Check an outcome without the code under test; returns the fabric after it.

    Valid outlines, a valid coverage wherever it was one, the same land, and everybody else bit-exact.
    """
    assert outcome.ok, outcome.findings
    after = apply(before, outcome)
    touched = [n for n in outcome.after if n in after]
    near = [*touched, *after.neighbours(touched)]
    outlines = after.outlines(near)
    assert shapely.is_valid(outlines).all()
    assert not shapely.is_empty(outlines).any()
    old = [n for n in outcome.after if n in before]
    if shapely.coverage_is_valid(before.outlines([*old, *before.neighbours(old)])):
        assert shapely.coverage_is_valid(outlines)
    else:
        # Faults from before may stay, but the edit adds none.
        bad = shapely.length(shapely.coverage_invalid_edges(before.outlines([*old, *before.neighbours(old)])))
        assert shapely.length(shapely.coverage_invalid_edges(outlines)).sum() <= bad.sum() + 1e-3
    scope = (before.ids, after.ids) if whole else ([*old, *before.neighbours(old)], near)
    first, second = before.outlines(scope[0]), after.outlines(scope[1])
    assert abs(np.sum(shapely.area(first)) - np.sum(shapely.area(second))) < 1e-6 if whole else True
    assert (
        abs(shapely.area(shapely.union_all(first)) - shapely.area(shapely.union_all(second))) < 1e-5
        or not whole
    )
    for parcel_id in before.ids if whole else ():
        if parcel_id not in outcome.after:
            assert same(before.get(parcel_id), after.get(parcel_id))
    return after


def untouched_in_order(before, after):
    """Whether the corners of `before` stand in `after` in their order, start and direction, ring by ring."""
    old, new = (shapely.get_rings(shapely.get_parts(g)) for g in (before, after))
    if len(old) != len(new):
        return False
    for one, two in zip(old, new, strict=True):
        known = set(corners(one))
        if [c for c in corners(two) if c in known] != corners(one):
            return False
    return True
