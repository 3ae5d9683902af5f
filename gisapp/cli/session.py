"""One call of the command line (一次命令): what to print where, and how far the work is."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gisapp.app import Workspace
from gisapp.app.parcels import STATE_FOLDER

Report = Callable[[str, int, int], None]


@dataclass
class Session:
    """Where results and messages of one call go (会话).

    With ``as_json`` exactly one JSON object reaches standard output; people read progress and errors on
    standard error.
    """

    as_json: bool = False
    root: Path | None = None
    errors: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def open(self, path: Path, *, as_json: bool) -> Workspace:
        """Return the workspace at `path` and remember it for the log of an unforeseen error."""
        self.as_json = as_json
        workspace = Workspace(path)
        self.root = workspace.root
        return workspace

    def show(self, result: Mapping[str, object], lines: list[str]) -> None:
        """Print the result: the object with ``--json``, else the lines."""
        text = (
            json.dumps(plain(result), ensure_ascii=False, allow_nan=False)
            if self.as_json
            else "\n".join(lines)
        )
        sys.stdout.write(f"{text}\n")

    def fail(self, error: Mapping[str, object], message: str) -> None:
        """Print an error: for people on standard error, with ``--json`` also as an object."""
        self.errors.print(message, style="red" if self.errors.is_terminal else None, markup=False)
        if self.as_json:
            self.show({"error": error}, [])

    @contextmanager
    def progress(self) -> Iterator[Report]:
        """Give a callback (stage, done, total) that draws a bar where standard error is a terminal."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(
            *columns, console=self.errors, transient=True, disable=not self.errors.is_terminal
        ) as bar:
            task = bar.add_task("", total=None)

            def report(stage: str, done: int, total: int) -> None:
                bar.update(task, description=stage, completed=done, total=total)

            yield report

    def log(self) -> Path:
        """Write the traceback of the error in hand to a file and return its path."""
        folder = _writable(self.root)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path = folder / f"error-{stamp}.log"
        path.write_text(f"{' '.join(sys.argv)}\n{traceback.format_exc()}", encoding="utf-8")
        return path


def _writable(root: Path | None) -> Path:
    """Return the log folder of the workspace, or one in the temporary folder where that cannot be written."""
    if root is not None:
        try:
            folder = root / STATE_FOLDER / "logs"
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            pass
        else:
            return folder
    return Path(tempfile.mkdtemp(prefix="gisapp-log-"))


def plain(value: object) -> object:
    """Return nested data as JSON knows it: NaN is null, dates are ISO text, paths are text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    simple = value is None or isinstance(value, bool | int | float | str)
    return value if simple else value.isoformat() if isinstance(value, date) else str(value)
