"""Scenarios (情景): a scheme's own edits, and the layers, thresholds and weights that it supposes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Final

from gisapp.app.editing.editor import Editor
from gisapp.app.scenariosettings import BOOK, Setting, in_force
from gisapp.app.storing import LOCAL, utc_now
from gisapp.app.workspace import Workspace
from gisapp.context.overrides import is_override, with_overrides
from gisapp.errors import UsageError
from gisapp.model.changes import OFFICIAL, Author
from gisapp.model.ledger import LedgerRecord, NewRecord
from gisapp.rules.override import GENERAL, ROBUST, override
from gisapp.store import Branch, ParcelStore

LAYER_FORMS: Final = (
    "layer[<图层>]=<layers/ 下的文件>",
    "<图层>[<名称>].<列>=<值>",
    "<图层>[<名称>].lonlat=<经度>,<纬度>",
)
RULE_FORMS: Final = ("<规则>.value=<阈值>", "<规则>.weight=<权重>", "<规则>.<参数>=<值>")
VECTOR_FILES: Final = frozenset({".fgb", ".gpkg", ".geojson", ".shp", ".parquet"})


@dataclass(frozen=True)
class Scenario:
    """A scheme with its settings (情景); ``changed`` counts the parcels that differ from where it started."""

    name: str
    title: str
    open: bool
    author: str
    made_at: datetime | None
    changed: int
    head: int
    settings: tuple[Setting, ...]

    @property
    def official(self) -> bool:
        """Whether it is the official parcels, which suppose nothing."""
        return self.name == OFFICIAL


class Scenarios:
    """The scenarios of one workspace (情景)."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor

    @property
    def workspace(self) -> Workspace:
        """The workspace with the official parcels."""
        return self.editor.workspace

    def listed(self, *, closed: bool = False) -> list[Scenario]:
        """Return the official parcels, then the schemes in order of their making; closed ones only if asked for."""
        store = self.workspace.store
        if store is None:
            return [Scenario(OFFICIAL, "现状库", True, "", None, 0, 0, ())]
        records = store.ledger()
        found = [_scenario(branch, records) for branch in store.branches()]
        return [item for item in found if item.open or closed]

    def find(self, name: str) -> Scenario:
        """Return an open scenario by its name, or by its title where only one has it.

        Raises
        ------
        UsageError
            If there is none: the message lists those that there are.
        """
        everything = self.listed(closed=True)
        known = [item for item in everything if item.open]
        own = [item for item in known if item.name == name] or [i for i in known if i.title == name]
        if len(own) == 1:
            return own[0]
        closed = any(name in (item.name, item.title) for item in everything)
        why = f"情景 {name} 已关闭" if closed else f"没有情景 {name}"
        raise UsageError(
            why, action=f"可用：{'、'.join(item.name for item in known)}；用 gisapp scenario create 新建"
        )

    def create(self, title: str, settings: Mapping[str, str] | None = None, *, author: Author) -> Scenario:
        """Start a scenario from the official parcels as they are, with its first settings, all checked before."""
        chosen = dict(settings or {})
        self.check(chosen)
        branch = self.editor.create_branch(title, author=author)
        return self.set(branch.name, chosen, author=author) if chosen else self.find(branch.name)

    def set(self, name: str, settings: Mapping[str, str], *, author: Author) -> Scenario:
        """Record settings of a scenario, all or none; what holds already is not recorded again.

        Raises
        ------
        UsageError
            If a key means nothing, a value cannot stand there, or the scenario is the official one.
        """
        found = self._own(name)
        held = {setting.key: setting.value for setting in found.settings}
        self.check({**held, **settings})
        new = {key: value for key, value in settings.items() if held.get(key) != value}
        self._record(found, new, author)
        return self.find(found.name)

    def unset(self, name: str, *keys: str, author: Author) -> Scenario:
        """Take settings back: a record without a value; UsageError for a key that is not set."""
        found = self._own(name)
        held = [setting.key for setting in found.settings]
        lacking = [key for key in keys if key not in held]
        if lacking or not keys:
            some = "、".join(held) or "（没有设置）"
            raise UsageError(
                f"情景 {found.name} 没有设置 {'、'.join(lacking) or '…'}", action=f"已设置：{some}"
            )
        self._record(found, dict.fromkeys(keys, None), author)
        return self.find(found.name)

    def delete(self, name: str, *, author: Author) -> Scenario:
        """Close a scenario; what it held stays in the store and can be read (关闭，保留可查)."""
        found = self._own(name)
        self._store().close_branch(found.name, author)
        return found

    def check(self, settings: Mapping[str, str]) -> None:
        """Raise `UsageError` for the first setting that means nothing, saying what is possible."""
        for key, value in settings.items():
            _check_texts(key, value)
            if not is_override(key):
                self._check_rule(key, value)
        with_overrides(self.workspace.context(), settings, self.workspace.root / "layers")

    def _check_rule(self, key: str, value: str) -> None:
        """Try the setting on every rulebook in force that has the rule, and raise what each would raise."""
        books = self.workspace.rulebooks(subject=None)
        rule_id = key.rpartition(".")[0]
        general = key in GENERAL or key in ROBUST
        chosen = [book for book in books if general or any(rule.id == rule_id for rule in book.rules)]
        if not chosen:
            ids = sorted({rule.id for book in books for rule in book.rules})
            near = get_close_matches(rule_id or key, ids, n=5) or ids[:5]
            forms = "；".join((*GENERAL, *RULE_FORMS, *LAYER_FORMS))
            raise UsageError(
                f"{key}：没有这条规则或设置", action=f"可设置：{forms}。规则例如 {'、'.join(near)}"
            )
        # A general setting means the same to all of them.
        for book in chosen[:1] if general else chosen:
            override(self.workspace.rulebook(book.id), {key: value})

    def _own(self, name: str) -> Scenario:
        found = self.find(name)
        if found.official:
            raise UsageError("现状库没有情景设置", action="先用 gisapp scenario create 新建情景")
        return found

    def _record(self, found: Scenario, settings: Mapping[str, str | None], author: Author) -> None:
        if not settings:
            return
        today = utc_now().astimezone(LOCAL).date()
        new = [NewRecord(BOOK, today, "", {"key": key, "value": text}) for key, text in settings.items()]
        self._store().post_ledger(
            new, author=author, op_id=str(uuid.uuid4()), check=lambda _: None, branch=found.name
        )

    def _store(self) -> ParcelStore:
        return self.editor.made_store()


def _check_texts(key: str, value: str) -> None:
    if not key.strip() or not str(value).strip():
        raise UsageError(f"{key}={value}：键与值都须填写", action="写成 KEY=VALUE；要取消设置用 unset")


def _scenario(branch: Branch, records: list[LedgerRecord]) -> Scenario:
    official = branch.name == OFFICIAL
    return Scenario(
        name=branch.name,
        title="现状库" if official else branch.title,
        open=branch.open,
        author=branch.author.name,
        made_at=branch.made_at,
        changed=branch.changed,
        head=branch.head,
        settings=() if official else tuple(in_force(records, branch.name).values()),
    )


def layer_files(workspace: Workspace) -> list[str]:
    """Return the vector files below ``layers/`` that a layer can be read from (可选图层文件), as paths from there."""
    folder = workspace.root / "layers"
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix.lower() in VECTOR_FILES)
    return sorted(PurePosixPath(path).as_posix() for path in found)


__all__ = ["Scenario", "Scenarios", "layer_files"]
