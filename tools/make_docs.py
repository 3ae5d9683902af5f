"""Write what is made from registers and rulebooks: docs/indicators.md, docs/rulebooks.md. Tests hold them in step."""

from __future__ import annotations

from pathlib import Path

from rulebook_pages import pages

from gisapp.indicators import REGISTRY

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = """\
# Indicators · 指标

Made from the register by `python tools/make_docs.py`. Each is a pure function of parcels and context; a missing
value stays missing (资料不足). Parameters are given by the rulebook, so that every number has a source.

| id | 指标 | English | unit | parameters | reads | national codes |
|---|---|---|---|---|---|---|
"""


def indicators_page() -> str:
    """Return docs/indicators.md."""
    rows = [
        f"| `{item.id}` | {item.title} | {item.title_en} | {item.unit} | {', '.join(item.params) or '–'} "
        f"| {', '.join(item.reads) or '–'} | {'yes' if item.national else '–'} |"
        for item in sorted(REGISTRY.values(), key=lambda item: item.id)
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    (DOCS / "indicators.md").write_text(indicators_page(), encoding="utf-8")
    (DOCS / "rulebooks").mkdir(exist_ok=True)
    made = pages()
    for path in (DOCS / "rulebooks").glob("*.md"):
        if f"rulebooks/{path.name}" not in made:
            path.unlink()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
