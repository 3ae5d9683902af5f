"""Calling the command line inside the test process."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from gisapp.cli.main import run


def call(*arguments: object) -> tuple[int, Any, str]:
    """Return exit code, the JSON object on standard output, and the text on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*map(str, arguments), "--json"])
    assert out.getvalue().count("\n") == 1, f"one JSON object and nothing else: {out.getvalue()[:400]}"
    return code, json.loads(out.getvalue()), err.getvalue()


def say(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error as a person sees them."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(map(str, arguments)))
    return code, out.getvalue(), err.getvalue()


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, to see that nothing was written."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
