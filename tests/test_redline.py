"""A project red line on the way in: kinds of file, zone numbers, rings, and one clear message for each fault."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely
from pyproj import CRS

from gisapp.errors import CrsError, InputError
from gisapp.io.redline import RedLineOptions, parse_redline, read_redline, redline_of
from tests.siteground import HEAD, plot, ring, write_txt
from tests.tiny import X0, Y0, rectangle

NATIVE = CRS.from_epsg(4549)
SQUARE = ring(0, 0, 1, 1)
OPEN = SQUARE[:-1]


def read(path, **options):
    return read_redline(path, workspace=NATIVE, options=RedLineOptions(**options))


def parse(text, **options):
    return parse_redline(text, workspace=NATIVE, options=RedLineOptions(**options))


def refused(call, *words, kind=InputError):
    with pytest.raises(kind) as caught:
        call()
    said = str(caught.value)
    for word in words:
        assert word in said, said
    return caught.value


def corners(redline, block=0):
    return [tuple(xy) for xy in shapely.get_coordinates(redline.blocks[block].geometry).tolist()]


def test_a_boundary_txt_with_two_parcels_a_hole_in_gbk(tmp_path):
    hole = ring(0.2, 0.2, 0.1, 0.1)
    file = write_txt(
        tmp_path / "a.txt",
        plot("一号", SQUARE, hole, area="0.99", use="工业用地"),
        plot("二号", ring(3, 0, 1, 1)),
    )
    found = read(file)
    assert [(b.number, b.name, b.declared_m2, b.use) for b in found.blocks] == [
        (1, "一号", pytest.approx(9900.0), "工业用地"),
        (2, "二号", None, None),
    ]
    assert shapely.area(found.blocks[0].geometry) == 10_000 - 100
    assert found.source_crs == "EPSG:4549"
    assert any("带号 40" in note for note in found.notes)


def test_coordinates_are_bit_exact_with_and_without_the_zone_number(tmp_path):
    odd = [(X0 + 0.123, Y0 + 0.457), (X0 + 99.999, Y0 + 0.001), (X0 + 50.333, Y0 + 88.777)]
    odd = [*odd, odd[0]]
    prefixed = read(write_txt(tmp_path / "a.txt", plot("甲", odd)))
    plain = read(write_txt(tmp_path / "b.txt", plot("甲", odd, zone=0)))
    assert corners(prefixed) == corners(plain) == odd
    assert prefixed.hash == plain.hash


def test_a_workspace_in_the_prefixed_zone_keeps_the_numbers(tmp_path):
    file = write_txt(tmp_path / "a.txt", plot("甲", SQUARE))
    found = read_redline(file, workspace=CRS.from_epsg(4528))
    assert corners(found)[0] == (40_000_000 + X0, Y0)


def test_every_kind_of_file_gives_the_same_red_line(tmp_path):
    frame = gpd.GeoDataFrame({"DKMC": ["甲"]}, geometry=[shapely.Polygon(OPEN)], crs=4549)
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG")
    frame.to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{part}", f"甲/a.{part}")
    frame.to_parquet(tmp_path / "a.parquet")
    found = [read(tmp_path / f"a.{kind}") for kind in ("gpkg", "shp", "zip", "parquet")]
    assert {shapely.normalize(one.blocks[0].geometry).wkt for one in found} == {
        shapely.normalize(shapely.Polygon(OPEN)).wkt
    }
    assert {one.blocks[0].name for one in found} == {"甲"}


def test_geojson_is_longitude_and_latitude_and_is_transformed_once(tmp_path):
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(OPEN)], crs=4549).to_crs(4326)
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON", COORDINATE_PRECISION=12)
    found = read(tmp_path / "a.geojson")
    assert found.source_crs == "EPSG:4326"
    assert shapely.hausdorff_distance(found.blocks[0].geometry, shapely.Polygon(OPEN)) < 1e-3


def test_a_shifted_datum_is_asked_for_never_assumed(tmp_path):
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(OPEN)], crs=4549).to_crs(4326)
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON", COORDINATE_PRECISION=12)
    plain, shifted = read(tmp_path / "a.geojson"), read(tmp_path / "a.geojson", datum="GCJ-02")
    apart = plain.blocks[0].geometry.centroid.distance(shifted.blocks[0].geometry.centroid)
    assert 300 < apart < 800
    assert any("GCJ-02" in note for note in shifted.notes)
    write_txt(tmp_path / "a.txt", plot("甲", SQUARE))
    refused(
        lambda: read(tmp_path / "a.txt", datum="GCJ-02", crs="EPSG:4549"),
        "GCJ-02 只适用于经纬度",
        kind=CrsError,
    )


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{n:.3f},{e:.3f}" for e, n in OPEN),
        "\n".join(f"J{i} {n:.3f} {e:.3f}" for i, (e, n) in enumerate(OPEN)),
        "\n".join(f"J{i}\t1\t{n:.3f}\t{e:.3f}" for i, (e, n) in enumerate(SQUARE)),
        "点号,东坐标,北坐标\n" + "\n".join(f"J{i},{e:.3f},{n:.3f}" for i, (e, n) in enumerate(OPEN)),
        "点号，X，Y\n" + "\n".join(f"J{i}，{n:.3f}，{e:.3f}" for i, (e, n) in enumerate(OPEN)),
    ],
    ids=["x-y", "number", "ring", "heads-east-first", "heads-x-y"],
)
def test_pasted_points_in_the_ways_that_people_write_them(text):
    assert corners(parse(text, crs="EPSG:4549")) == SQUARE


def test_an_empty_line_begins_another_parcel():
    lines = ["\n".join(f"{n:.3f},{e:.3f}" for e, n in ring(at, 0, 1, 1)) for at in (0, 3)]
    found = parse("\n\n".join(lines), crs="EPSG:4549")
    assert [block.name for block in found.blocks] == ["地块 1", "地块 2"]


def test_points_of_a_workbook_and_of_a_csv_by_parcel_and_ring(tmp_path):
    book = openpyxl.Workbook()
    rows = [("地块名称", "环号", "点号", "X坐标(m)", "Y坐标(m)")]
    rows += [("甲", 1, f"J{i}", n, e) for i, (e, n) in enumerate(ring(0, 0, 1, 1))]
    rows += [("甲", 2, f"K{i}", n, e) for i, (e, n) in enumerate(ring(0.2, 0.2, 0.1, 0.1))]
    rows += [("乙", 1, f"J{i}", n, e) for i, (e, n) in enumerate(ring(3, 0, 1, 1))]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    from_book, from_text = (read(tmp_path / name, crs="EPSG:4549") for name in ("a.xlsx", "a.csv"))
    assert [block.name for block in from_book.blocks] == ["甲", "乙"]
    assert shapely.area(from_book.blocks[0].geometry) == 9_900
    assert from_book.hash == from_text.hash


def test_longitudes_and_latitudes_need_their_names():
    text = "118.60,32.10\n118.61,32.10\n118.61,32.11\n"
    assert parse(text, crs="EPSG:4490").blocks[0].geometry.area == pytest.approx(524_000, rel=0.01)
    refused(lambda: parse("X,Y\n" + text, crs="EPSG:4490"), "经纬度的列名不明")
    swapped = "\n".join(",".join(reversed(line.split(","))) for line in text.split())
    refused(lambda: parse(swapped, crs="EPSG:4490"), "经纬度似乎写反了", kind=CrsError)


@pytest.mark.parametrize(
    ("head", "zone", "words"),
    [
        (HEAD.replace("带号=40\n", ""), 0, ("没有声明坐标系", "EPSG:4549", "--crs")),
        (HEAD.replace("坐标系=2000国家大地坐标系\n", ""), 40, ("没有声明坐标系", "EPSG:4528")),
        (HEAD.replace("带号=40", "带号=39"), 40, ("东坐标的带号与声明的带号不符", "40", "39")),
        (HEAD.replace("2000国家大地", "1980西安"), 40, ("坐标系", "1980西安坐标系", "2000国家大地坐标系")),
        (HEAD.replace("几度分带=3", "几度分带=6"), 40, ("几度分带", "6")),
        (HEAD.replace("计量单位=米", "计量单位=千米"), 40, ("计量单位", "千米")),
        (HEAD.replace("带号=40", "带号=120"), 0, ("带号不对", "120")),
    ],
    ids=["no-zone", "no-system", "other-zone", "xian80", "six-degrees", "kilometres", "meridian"],
)
def test_a_crs_that_the_head_leaves_open_or_contradicts_is_never_guessed(tmp_path, head, zone, words):
    file = write_txt(tmp_path / "a.txt", plot("甲", SQUARE, zone=zone), head=head)
    refused(lambda: read(file), "a.txt", *words, kind=CrsError)


def test_the_declared_crs_settles_what_the_head_leaves_open(tmp_path):
    open_head = HEAD.replace("带号=40\n", "")
    file = write_txt(tmp_path / "a.txt", plot("甲", SQUARE, zone=0), head=open_head)
    assert corners(read(file, crs="EPSG:4549")) == SQUARE
    west = read(file, crs="EPSG:4548").blocks[0].geometry
    assert abs(west.centroid.x - X0) > 100_000


def test_a_head_without_zone_is_settled_by_the_numbers_before_the_eastings(tmp_path):
    file = write_txt(tmp_path / "a.txt", plot("甲", SQUARE), head=HEAD.replace("带号=40\n", ""))
    assert corners(read(file)) == SQUARE


def _lines(edit):
    """Return a TXT of one square with one of its lines edited."""
    lines = plot("甲", SQUARE).splitlines()
    edit(lines)
    return HEAD + "\n".join(lines) + "\n"


def _open_ring(lines):
    lines.pop()
    lines[0] = lines[0].replace("5,", "4,", 1)


def _set(at, text):
    return lambda lines: lines.__setitem__(at, text)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_open_ring, ("没有闭合", "第 1 环", "第 17 行", "J4")),
        (_set(2, "J2,1,abc,40380100"), ("第 15 行", "X（北）", "abc")),
        (_set(2, "J2,1,3550000.0"), ("第 15 行", "界址点行的写法不对")),
        (_set(2, "J2,1,3550000.0,380100.0"), ("带号不一致", "J2")),
        (_set(0, "9,,甲,甲,面,,,,@"), ("界址点数", "9", "文件可能不完整")),
        (_set(0, "5,,甲,甲,线,,,,@"), ("不是面", "线")),
        (_set(0, "5,x,甲,甲,面,,,,@"), ("面积不是数值",)),
        (lambda lines: lines.pop(), ("文件可能不完整", "界址点数")),
        (lambda lines: lines.pop(0), ("界址点之前没有地块行",)),
        (lambda lines: lines.clear(), ("没有地块",)),
    ],
    ids=["open", "letters", "columns", "zones", "count", "kind", "area", "cut-short", "no-parcel", "nothing"],
)
def test_a_faulty_txt_says_line_field_and_value(edit, words):
    refused(lambda: parse(_lines(edit)), *words)


def test_a_ring_that_crosses_itself_is_refused_with_the_corner_next_to_it():
    bow = [(X0, Y0), (X0 + 100, Y0 + 100), (X0 + 100, Y0), (X0, Y0 + 100), (X0, Y0)]
    refused(lambda: parse(HEAD + plot("甲", bow)), "自相交", "甲", "附近", "不作自动修复")


def test_a_hole_outside_its_shell_and_a_ring_of_two_corners_are_refused():
    refused(lambda: parse(HEAD + plot("甲", SQUARE, ring(5, 5, 1, 1))), "洞在外环之外")
    line = [(X0, Y0), (X0 + 100, Y0), (X0, Y0)]
    refused(lambda: parse(HEAD + plot("甲", line)), "不足三个")


def test_an_invalid_outline_of_a_file_is_refused_by_record(tmp_path):
    bow = shapely.Polygon([(X0, Y0), (X0 + 100, Y0 + 100), (X0 + 100, Y0), (X0, Y0 + 100)])
    gpd.GeoDataFrame({"name": ["好", "坏"]}, geometry=[rectangle(3, 0, 1, 1), bow], crs=4549).to_file(
        tmp_path / "a.gpkg"
    )
    refused(lambda: read(tmp_path / "a.gpkg"), "第 2 条记录", "坏", "自相交", "不作自动修复")
    gpd.GeoDataFrame(geometry=[shapely.LineString(OPEN)], crs=4549).to_file(tmp_path / "b.gpkg")
    refused(lambda: read(tmp_path / "b.gpkg"), "几何不是面，而是线")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", ("没有读到界址点",)),
        ("a.txt", "没有坐标".encode("gbk"), ("没有读到界址点", "TXT 全文")),
        ("a.dwg", b"AC1032", ("不支持的文件格式",)),
        ("a.gpkg", b"not a database", ("内容与扩展名不符",)),
        ("a.csv", "名称,说明\n甲,乙\n".encode(), ("表头里找不到坐标列", "名称")),
        ("a.csv", "X,Y\n3550000,380000\n3550000,三\n".encode(), ("第 3 行", "坐标不是数值", "三")),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, ("没有空间数据",)),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    refused(lambda: read(tmp_path / name, crs="EPSG:4549"), *words)
    refused(lambda: read(tmp_path / "none.txt"), "none.txt")


def test_a_shapefile_without_its_parts_or_crs_says_what_is_missing(tmp_path):
    gpd.GeoDataFrame(geometry=[rectangle(0, 0, 1, 1)], crs=4549).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    refused(lambda: read(tmp_path / "a.shp"), "没有声明坐标系", "EPSG:4549", kind=CrsError)
    (tmp_path / "a.shx").unlink()
    refused(lambda: read(tmp_path / "a.shp"), "缺少", ".shx")


def test_a_drawn_polygon_is_taken_as_it_is():
    drawn = shapely.MultiPolygon([rectangle(0, 0, 1, 1), rectangle(3, 0, 1, 1)])
    found = redline_of(drawn, crs=NATIVE, name="绘制")
    assert len(found.blocks) == 2
    assert found.blocks[0].geometry.equals_exact(rectangle(0, 0, 1, 1))
    refused(lambda: redline_of(shapely.Polygon(), crs=NATIVE, name="空"), "地块数")
