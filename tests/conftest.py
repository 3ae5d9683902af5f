"""What several tests share: where the real data is, and a tiny workspace of 100 m squares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tiny import write_tiny_workspace

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository, itself the demo workspace."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared real-world data; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("GISAPP_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.exists():
        pytest.skip("shared real-world data is absent (set GISAPP_SHARED to its folder)")
    return folder


@pytest.fixture(scope="session")
def demo(root, tmp_path_factory):
    """The demo workspace, evaluated at most once a session, its run state outside the repository."""
    from gisapp import Workspace

    folder = tmp_path_factory.mktemp("demo")
    for name in ("layers", "parcels"):
        (folder / name).symlink_to(root / name, target_is_directory=True)
    return Workspace(folder)


@pytest.fixture
def tiny(tmp_path):
    """A fresh workspace of six squares of 100 m with one layer of each role that rules read."""
    return write_tiny_workspace(tmp_path / "tiny")
