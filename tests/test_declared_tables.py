"""Declared tables: every cell is checked, what is not there is not loaded."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.context.tables import load_tables
from gisapp.errors import InputError

CATALOG = """
tables:
- id: prices
  title: {zh: 地价, en: Land prices}
  columns:
  - {name: code, title: {zh: 用地代码}, dtype: code, key: true}
  - {name: price, title: {zh: 楼面地价}, dtype: number, unit: 元/㎡, min: 0}
  - {name: valid_from, title: {zh: 起}, dtype: date}
  - {name: agreed, title: {zh: 已核定}, dtype: bool}
"""


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "parcels" / "tables"
    folder.mkdir(parents=True)
    (folder / "catalog.yaml").write_text(CATALOG, encoding="utf-8")
    (folder / "prices.yaml").write_text("{provider: 示例局, as_of: 2026-01-01}", encoding="utf-8")
    return tmp_path


def put(root, text):
    (root / "parcels" / "tables" / "prices.csv").write_text(text, encoding="utf-8")


def test_a_table_without_a_file_is_not_loaded(root):
    assert load_tables(root) == {}


def test_cells_have_the_declared_types_and_codes_keep_their_zeros(root):
    put(root, 'code,price,valid_from,agreed\n0701,"1,200.5",2026-01-01,是\n0901,,,\n')
    table = load_tables(root)["prices"]
    frame = table.frame
    assert frame["code"].tolist() == ["0701", "0901"]
    assert frame["price"][0] == 1200.5 and np.isnan(frame["price"][1])
    assert str(frame["valid_from"][0].date()) == "2026-01-01" and frame["agreed"].tolist() == [True, None]
    assert table.provenance.provider == "示例局"


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        ("code,price\n0701,abc\n", "price", 2),
        ("code,price\n0701,1\n\n0901,-1\n", "price", 4),
        ("code,price\n,1\n", "code", 2),
        ("code,price\n0701,1\n0701,2\n", "code", 3),
        ("code,valid_from\n0701,2026/1/1\n", "valid_from", 2),
        ("code,agreed\n0701,yes\n", "agreed", 2),
        ("price\n1\n", "code", 1),
        ("code,colour\n0701,red\n", "colour", 1),
    ],
)
def test_a_fault_is_named_by_file_line_and_field(root, text, field, line):
    put(root, text)
    with pytest.raises(InputError) as caught:
        load_tables(root)
    problem = caught.value.problems[0]
    assert (problem.file, problem.field, problem.line) == ("prices.csv", field, line)


def test_rows_without_provenance_are_refused(root):
    put(root, "code,price\n0701,1\n")
    (root / "parcels" / "tables" / "prices.yaml").unlink()
    with pytest.raises(InputError, match=r"prices\.yaml"):
        load_tables(root)


def test_the_hash_follows_rows_and_provenance(root):
    put(root, "code,price\n0701,1\n")
    first = load_tables(root)["prices"].hash
    put(root, "code,price\n0701,2\n")
    second = load_tables(root)["prices"].hash
    (root / "parcels" / "tables" / "prices.yaml").write_text(
        "{provider: 另一局, as_of: 2026-01-01}", encoding="utf-8"
    )
    assert len({first, second, load_tables(root)["prices"].hash}) == 3
