"""How long a planner waits for the numbers while dragging a corner: from the mouse's move to the painted numbers.

    python benchmarks/desk_preview.py [--drags 20] [--moves 12]

Opens the app on a copy of the demo workspace in headless Chromium, drags corners of parcels and prints p50 and p95 of
``window.__gisapp_preview``: the whole way of a gesture until the numbers are painted and until they are in hand, the
route's own share, and what the browser takes to draw them; first of areas, zones and findings, then of the verdicts, which follow when no newer gesture waits. Needs Chromium; chromium without a graphics card draws the map on the processor, which is the slow case.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gisapp import Workspace  # noqa: E402
from tests.browsing import launched, serving, visiting  # noqa: E402
from tests.edited import copy_workspace  # noqa: E402
from tests.planner import Planner  # noqa: E402

PARCELS = 5


def drag_about(planner, corner, moves):
    """Drag a corner to and fro, waiting for nothing but the next frame, and give the drag up at the end."""
    mouse = planner.page.mouse
    start, end = planner.inward(corner, 0.12)
    mouse.move(*start)
    mouse.down()
    for step in range(1, moves + 1):
        share = step / moves
        mouse.move(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))
        planner.page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    planner.numbers()
    planner.page.keyboard.press("Escape")
    mouse.up()


def measure(planner, codes, drags, moves):
    """Return (judged, gesture, known, route) of every preview that was painted, the latter three in milliseconds."""
    for code in codes:
        planner.search(code)
        planner.wait_for_card(code)
        planner.press("e")
        planner.wait_for_handles()
        for corner in list(planner.corners())[: -(-drags // len(codes))]:
            drag_about(planner, corner, moves)
        planner.press("Escape")
        planner.wait_for_card(code)
    times = planner.page.evaluate("() => window.__gisapp_preview ?? []")
    return np.array(
        [[line[name] for name in ("judged", "gesture_ms", "known_ms", "route_ms")] for line in times]
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drags", type=int, default=20)
    parser.add_argument("--moves", type=int, default=12)
    options = parser.parse_args()
    parcels = Workspace(ROOT).parcels
    codes = parcels["parcel_code"].dropna().drop_duplicates(keep=False).sample(PARCELS, random_state=7)
    with tempfile.TemporaryDirectory() as folder:
        copy_workspace(ROOT, Path(folder))
        with (
            serving(folder) as address,
            launched() as chromium,
            visiting(chromium, address, reduced_motion="reduce") as visit,
        ):
            planner = Planner(visit)
            planner.open()
            measure(planner, list(codes[-1:]), 2, options.moves)  # as a desk that has been open for a while
            planner.page.evaluate("() => { window.__gisapp_preview = [] }")
            times = measure(planner, list(codes), options.drags, options.moves)
    print(f"{options.drags} drags of {options.moves} moves, {len(times)} previews painted")
    for what, judged in (("areas", 0), ("verdicts", 1)):
        _, gesture, known, route = times[times[:, 0] == judged].T
        print(f"{what}: {len(gesture)}")
        for name, column in (
            ("painted", gesture),
            ("in hand", known),
            ("route", route),
            ("drawing", gesture - known),
        ):
            p50, p95 = np.percentile(column, [50, 95])
            print(f"  {name:8} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")


if __name__ == "__main__":
    main()
