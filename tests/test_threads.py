"""Requests come in on several threads: the same index is asked by all of them at once."""

import subprocess
import sys

SCRIPT = """
import threading
import numpy as np
import shapely
from gisapp.kernels.overlay import PolygonIndex
from gisapp.kernels.zonal import zonal
from gisapp.model.grid import Grid

rng = np.random.default_rng(1)

def blob(x, y, r, n):
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    k = r * (1 + 0.4 * (rng.random(n) - 0.5))
    return shapely.Polygon(np.column_stack([x + k * np.cos(a), y + k * np.sin(a)]))

parcels = np.array([blob(x, y, 30, 14) for x, y in rng.random((3000, 2)) * 3000], dtype=object)
layer = np.array([blob(x, y, 220, 60) for x, y in rng.random((60, 2)) * 3000], dtype=object)
grid = Grid(rng.random((300, 300)), 0.0, 3000.0, 10.0, 10.0)
for _ in range(ROUNDS):
    index = PolygonIndex(layer, np.arange(60))
    start = threading.Barrier(6)
    answers = [None] * 6

    def work(slot):
        start.wait()
        own = parcels[slot:]
        answers[slot] = index.areas(own)[5 - slot:].sum() + zonal(own, grid)[0][5 - slot:].sum()

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert max(answers) == min(answers), answers
print("equal")
"""


def test_threads_that_share_an_index_neither_crash_nor_disagree():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("ROUNDS", "4")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:] or f"ended by signal {-done.returncode}"
    assert done.stdout.strip() == "equal"
