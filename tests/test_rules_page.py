"""docs/rules.md tells of each of the 130 rules whether it is implemented, where, or why not; what it names is there."""

import re
from collections import Counter
from pathlib import Path

import yaml

from gisapp.indicators import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
STATES = ("已实现", "部分", "参照", "未实现")
FAMILIES = {
    "LUC": 13, "UDB": 12, "STD": 13, "LEL": 13, "MIX": 18, "PMR": 6, "PIE": 16, "LED": 7, "MCD": 9, "TRN": 5,
    "CRS": 9, "DBS": 9,
}  # fmt: skip
BOOKS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / "parcels" / "rulebooks").glob("*.yaml")
}
RULES = {
    name: {rule["id"] for rule in (*book.get("scope", ()), *book["rules"])} for name, book in BOOKS.items()
}
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| [A-Z]{3}-\d\d \|", line)
]


def test_each_of_the_130_rules_has_one_row_with_six_cells_and_a_known_state():
    assert all(len(row) == 6 for row in ROWS)
    assert Counter(row[0][:3] for row in ROWS) == FAMILIES
    assert len({row[0] for row in ROWS}) == len(ROWS) == sum(FAMILIES.values()) == 130
    assert {row[3] for row in ROWS} == set(STATES)
    assert all(re.fullmatch(r"[VMND](/[VMND])*", row[2]) for row in ROWS)


def test_the_counts_at_the_top_are_those_of_the_table():
    counts = Counter(row[3] for row in ROWS)
    said = re.search(r"共 (\d+) 条：已实现 (\d+)，部分实现 (\d+)，未实现 (\d+)，只作参照 (\d+)。", PAGE)
    assert said is not None
    assert [int(number) for number in said.groups()] == [
        len(ROWS), counts["已实现"], counts["部分"], counts["未实现"], counts["参照"]
    ]  # fmt: skip


def test_what_is_not_whole_says_why_and_what_is_implemented_says_where():
    for number, _, _, said, where, remark in ROWS:
        assert (where == "—") == (said == "未实现"), number
        if said != "已实现":
            assert len(remark) >= 2 and remark != "—", number


def test_every_rule_indicator_and_file_that_a_row_names_is_there():
    known = set.union(*RULES.values())
    for number, _, _, _, where, remark in ROWS:
        for name in re.findall(r"`([^`]+)`", f"{where} {remark}"):
            if re.fullmatch(r"[A-Z]{3}-[\w-]+", name):
                assert name in known, (number, name)
            elif "/" in name and name.split("/")[0] in ("gisapp", "parcels", "docs", "tests"):
                assert (ROOT / name).exists(), (number, name)
            elif "/" in name:
                policy, clause = name.split("/")
                document = yaml.safe_load(
                    (ROOT / "parcels" / "policies" / f"{policy}.yaml").read_text("utf-8")
                )
                assert clause in {str(one["id"]) for one in document["clauses"]}, (number, name)
        for words, names in re.findall(r"(?:^|；)([a-z_、0-9]+)：((?:[^；`]*`[A-Z]{3}-[\w-]+`)+)", where):
            for book in words.split("、"):
                missing = set(re.findall(r"`([A-Z]{3}-[\w-]+)`", names)) - RULES[book]
                assert not missing, (number, book, missing)
        for names in re.findall(r"指标 ((?:`[a-z0-9_]+`、?)+)", where):
            assert set(re.findall(r"`([^`]+)`", names)) <= set(REGISTRY), number


def test_a_rule_of_a_rulebook_belongs_to_a_row_of_that_number():
    rows = {row[0]: row for row in ROWS}
    for name, rules in RULES.items():
        for rule in rules:
            base = re.match(r"[A-Z]{3}-\d\d(?!\d)", rule)
            if base is None:
                continue  # our own additions: MIX-area, LEL-age …
            assert rows[base.group()][3] in ("已实现", "部分"), (name, rule)
