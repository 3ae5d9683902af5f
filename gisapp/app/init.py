"""A new workspace (新建工作区): a copy of the demo, or an empty one with its schema, codes and rules."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Final

from gisapp.app.parcels import STATE_FOLDER
from gisapp.errors import InputError, Problem, UsageError
from gisapp.io.staging import staging

_SHARED: Final = (
    "schema.yaml",
    "codes",
    "policies",
    "rulebooks",
    "tables/catalog.yaml",
    "tables/udb_cases.csv",
    "tables/udb_cases.yaml",
    "ledger/ledger.yaml",
    "procedures",
    "targets.yaml",
    "README.md",
)
"""What an empty workspace takes over from ``parcels/``: everything but parcels, enterprises, occupancy and entries."""

_EMPTY_CATALOG: Final = """\
# 图层目录。data_date 是数据日期（评价默认以此为准），crs 是工作区坐标系，二者请按实际数据修改。
# 每个图层一条，数据文件放在 layers/data/，可用 gisapp import WORKSPACE 文件 --to 图层id 导入。
workspace:
  id: '{id}'
  title: {{zh: 新工作区, en: New workspace}}
  data_date: {today}
  crs: EPSG:4549
groups:
- {{id: control, title: {{zh: 管控, en: Controls}}}}
- {{id: industry, title: {{zh: 产业与用地, en: Industry and land}}}}
- {{id: transit, title: {{zh: 轨道与枢纽, en: Transit and hubs}}}}
- {{id: base, title: {{zh: 底图, en: Base}}}}
layers: []
"""


def demo_root() -> Path:
    """Return the demo workspace: the checkout's root, or the copy inside an installed package."""
    package = Path(__file__).parents[1]
    checkout = package.parent
    return checkout if (checkout / "parcels" / "codes").is_dir() else package / "_demo"


def create(folder: Path, *, empty: bool, today: date) -> Path:
    """Make a workspace at `folder` and return its path; nothing is left behind if that fails.

    Parameters
    ----------
    folder
        Must not exist, or be an empty folder.
    empty
        Without the demo's parcels, enterprises and layers.
    today
        The data date that an empty workspace starts with.

    Raises
    ------
    UsageError
        If `folder` holds something.
    InputError
        If it cannot be written, or the demo is not there to copy from.
    """
    target = folder.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{folder} 已存在且不是空文件夹", action="换一个新的文件夹名")
    source = _source(empty=empty)
    with staging(target.parent, ".init-") as temporary:
        _fill(temporary, source, empty=empty, id_=_id(target.name), today=today)
        temporary.chmod(0o755)
        if target.exists():
            target.rmdir()
        temporary.replace(target)
    return target


def _source(*, empty: bool) -> Path:
    """Return the workspace to copy from, or raise if the installation lacks it."""
    source = demo_root()
    complete = empty or (source / "layers" / "catalog.yaml").exists()
    if not complete or not (source / "parcels" / "codes").is_dir():
        raise InputError(Problem("找不到示例工作区", file="layers/catalog.yaml", action="重新安装 gisapp"))
    return source


def _fill(target: Path, source: Path, *, empty: bool, id_: str, today: date) -> None:
    (target / ".gitignore").write_text(f"{STATE_FOLDER}/\n", encoding="utf-8")
    if not empty:
        for name in ("layers", "parcels"):
            shutil.copytree(source / name, target / name)
        return
    for name in _SHARED:
        old, new = source / "parcels" / name, target / "parcels" / name
        new.parent.mkdir(parents=True, exist_ok=True)
        if old.is_dir():
            shutil.copytree(old, new)
        elif old.exists():
            shutil.copy2(old, new)
    (target / "layers" / "data").mkdir(parents=True)
    text = _EMPTY_CATALOG.format(id=id_, today=today.isoformat())
    (target / "layers" / "catalog.yaml").write_text(text, encoding="utf-8")


def _id(name: str) -> str:
    """Return a folder name as an id of letters, digits and dashes."""
    text = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower()).strip("-")
    return text or "workspace"
