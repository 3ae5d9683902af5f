"""What a rule rests on, as it is cited (依据): clause, status, and whether its text was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gisapp.model.rules import Clause, Policy, Status
from gisapp.model.texts import AttachedText
from gisapp.rules.load import Policies

STATUS_WORDS: Final[dict[str, str]] = {"V": "已核", "M": "待核", "N": "测算", "D": "本地假设"}
UNSEEN: Final = "正文未见"
ATTACHED: Final = "原文已附"


@dataclass(frozen=True)
class Source:
    """A clause as a card cites it (依据).

    ``short`` is the status as a tag, ``said`` as a sentence has it, ``note`` what a tag must explain. ``text_seen``
    is None where no document stands behind the rule.
    """

    clause: str | None
    title: str
    clause_status: Status | None
    status: Status
    short: str
    said: str
    note: str
    text_seen: bool | None


def source(policies: Policies, reference: str | None, status: str) -> Source:
    """Return what stands behind a rule of this `status` that cites `reference`.

    A status speaks of the number, not of the text: where nobody here has seen the text, both are said. Our own
    defaults have no text of others to see.
    """
    letter: Status = status  # type: ignore[assignment]
    word, found = STATUS_WORDS[status], policies.clause(reference) if reference else None
    if found is None:
        return Source(reference, "无条款，本地假设", None, letter, word, word, "", None)
    policy, clause = found
    title = f"{policy.short} · {clause.title}"
    if reference is not None and (text := policies.texts.get(reference)) is not None:
        return _attached(policy, clause, text, letter, title)
    if policy.text_seen or policy.status == "D":
        return Source(reference, title, clause.status, letter, word, word, "", policy.text_seen)
    short, said = f"{word}·{UNSEEN}", f"{word}，据转述、{UNSEEN}"
    note = f"《{policy.title}》正文未见，按公开转述编写；正式使用前须核对原文"
    return Source(reference, title, clause.status, letter, short, said, note, text_seen=False)


def _attached(policy: Policy, clause: Clause, text: AttachedText, letter: Status, title: str) -> Source:
    """Return a clause whose official text a bureau has attached; that our summary agrees with it nobody has said."""
    word = STATUS_WORDS[letter]
    where = f"{text.name}，{text.attached_on.isoformat()} 由 {text.attached_by} 附，校验码 {text.sha256[:8]}"
    note = f"本条{ATTACHED}（{where}）"
    if not policy.text_seen:
        note += "；概述与数值按公开转述编写，以原文为准"
    said = f"{word}，{ATTACHED}" if policy.text_seen else f"{word}，{ATTACHED}、概述待核对"
    return Source(
        text.clause, title, clause.status, letter, f"{word}·{ATTACHED}", said, note, policy.text_seen
    )
