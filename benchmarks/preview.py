"""How long a preview takes on the server: random corners of the demo moved by two metres.

    python benchmarks/preview.py [WORKSPACE] [--count 300] [--rulebook redevelopment]

Prints p50 and p95 of the route's own milliseconds, of its topology and of its evaluation, and of its CPU time,
which other work on the machine does not touch. The browser's share is
measured by the browser test, which reads ``window.__gisapp_preview``.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import shapely

from gisapp.app.desks import Desks
from gisapp.app.editing import Editor, Request
from gisapp.app.workspace import Workspace


def requests(editor, count, seed):
    """Return reshape requests, one corner each, that may give or take street land."""
    draw = random.Random(seed)
    rows = editor.state().rows
    for parcel_id in draw.sample(list(rows), count):
        x, y = draw.choice(shapely.get_coordinates(rows[parcel_id].geometry).tolist())
        to = [x + draw.uniform(-2, 2), y + draw.uniform(-2, 2)]
        intent = {
            "op": "reshape",
            "parcel_ids": [parcel_id],
            "moves": [{"at": [x, y], "to": to}],
            "extend": True,
        }
        yield Request.of({"intents": [intent]})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path, nargs="?", default=Path())
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--rulebook", default="redevelopment")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    editor = Editor(Desks(Workspace(options.workspace)))
    asked = list(requests(editor, options.count, options.seed))
    editor.desks.current().evaluations()  # as the app has them once it is open
    editor.preview(asked[0], options.rulebook)
    answers, cpu = [], []
    for request in asked:
        start = time.thread_time()
        answers.append(editor.preview(request, options.rulebook))
        cpu.append((time.thread_time() - start) * 1000)
    print(f"{len(editor.state().rows)} parcels, {len(answers)} previews, {options.rulebook}")
    touched = [len(answer["parcels"]) for answer in answers]
    print(f"parcels touched: median {int(np.median(touched))}, most {max(touched)}")
    for name in ("total", "topology", "evaluate"):
        p50, p95 = np.percentile([answer["ms"][name] for answer in answers], [50, 95])
        print(f"{name:10} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")
    p50, p95 = np.percentile(cpu, [50, 95])
    print(f"{'CPU':10} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")


if __name__ == "__main__":
    main()
