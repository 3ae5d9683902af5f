import pytest

from gisapp.errors import InputError
from gisapp.io.yamlfile import Document, load_yaml
from gisapp.model.layers import Catalog


def write(tmp_path, text):
    path = tmp_path / "f.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_keep_their_leading_zero_and_words_stay_words(tmp_path):
    data = Document(write(tmp_path, "a: 0701\nb: 12\nc: 1.5\nd: on\ne: true\nf: 3e-7\n"), "f.yaml").data
    assert data == {"a": "0701", "b": 12, "c": 1.5, "d": "on", "e": True, "f": 3e-7}


def test_a_repeated_key_is_an_error_with_its_line(tmp_path):
    with pytest.raises(InputError, match=r"f\.yaml 第 2 行 字段 a：键重复"):
        Document(write(tmp_path, "a: 1\na: 2\n"), "f.yaml")


def test_broken_yaml_names_the_line(tmp_path):
    with pytest.raises(InputError, match="第 3 行"):
        Document(write(tmp_path, "a: 1\nb: [1, 2\nc: 3\n"), "f.yaml")


def test_every_fault_of_a_file_is_reported_at_once_with_line_field_and_value(tmp_path):
    text = """\
workspace: {id: a, title: {zh: a}, data_date: 2026-06-30, crs: EPSG:4549}
groups: [{id: g, title: {zh: g}}]
layers:
- {id: one, title: {zh: 一}, group: g, kind: polygone, source: a, crs: EPSG:4549, authority: x, licence: y}
- {id: two, title: {zh: 二}, group: g, kind: line, source: a, crs: EPSG:4549, licence: y, colour: red}
"""
    with pytest.raises(InputError) as caught:
        load_yaml(write(tmp_path, text), Catalog)
    shown = str(caught.value)
    assert "第 4 行 字段 layers.0.kind" in shown
    assert "当前值：polygone" in shown
    assert "layers.1.authority：缺少必填项" in shown
    assert "第 5 行 字段 layers.1.colour：不认识的键" in shown


CATALOG = """\
workspace: {{id: a, title: {{zh: a}}, data_date: 2026-06-30, crs: EPSG:4549}}
groups: [{{id: g, title: {{zh: g}}}}]
layers:
- {{id: one, title: {{zh: 一}}, group: g, kind: line, source: a, crs: EPSG:4549, authority: x, licence: y, depends_on: [{first}]}}
- {{id: two, title: {{zh: 二}}, group: g, kind: line, source: a, crs: EPSG:4549, authority: x, licence: y, depends_on: [{second}]}}
"""


def test_layers_that_depend_on_each_other_in_a_circle_are_refused(tmp_path):
    with pytest.raises(InputError, match="图层依赖成环：one → two → one"):
        load_yaml(write(tmp_path, CATALOG.format(first="two", second="one")), Catalog)


def test_a_layer_that_depends_on_nothing_known_is_refused(tmp_path):
    with pytest.raises(InputError, match="依赖的图层不存在：three"):
        load_yaml(write(tmp_path, CATALOG.format(first="three", second="one")), Catalog)
