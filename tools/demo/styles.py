"""What the map shows: layer entries, legends, bookmarks of the catalogue (图层目录)."""

from __future__ import annotations

from typing import Any

from tools.demo.facts import AUTHORITY

Entry = dict[str, Any]
METRO = {
    "3号线": "#009944",
    "4号线": "#5B4BA0",
    "10号线": "#c9a24f",
    "11号线": "#A0418F",
    "S3号线": "#B58BB8",
    "S4号线": "#3f8fb0",
    "S8号线": "#E87722",
}
METRO_EN = {
    "3号线": "Line 3",
    "4号线": "Line 4",
    "10号线": "Line 10",
    "11号线": "Line 11",
    "S3号线": "Line S3",
    "S4号线": "Line S4",
    "S8号线": "Line S8",
}
STATUS = {
    "operating": ("已开通", "operating", None),
    "construction": ("在建", "under construction", [3, 1.6]),
    "planned": ("规划", "planned", [1.2, 1.6]),
}
LICENCE = "CC0-1.0（合成示例数据）"

BOOKMARKS: tuple[tuple[str, str, str, float, float, float], ...] = (
    ("nanjing-north", "铁路南京北站", "Nanjing North Station", 118.636, 32.193, 13.2),
    ("line-4", "4 号线沿线", "Along Line 4", 118.671, 32.092, 13.4),
    ("line-11", "11 号线沿线", "Along Line 11", 118.650, 32.060, 12.8),
    ("new-materials", "新材料科技园", "New Materials S&T Park", 118.826, 32.256, 12.8),
    ("rd-park", "研创园", "R&D Park", 118.624, 32.034, 13.5),
)


def style(
    fill: str | None = None, line: str | None = None, **more: Any
) -> Entry:  # Any: the style keys are open
    """Return one style with every key present."""
    base: Entry = {
        "fill": fill,
        "fill_opacity": 0.5 if fill else 0,
        "line": line,
        "width_px": 1.0,
        "dash": None,
        "label": None,
        "label_min_zoom": None,
        "class_field": None,
        "classes": [],
    }
    return {**base, **more}


def one(
    value: object,
    zh: str,
    en: str,
    fill: str | None = None,
    line: str | None = None,
    dash: list[float] | None = None,
) -> Entry:
    """Return one legend class."""
    return {"value": value, "title": {"zh": zh, "en": en}, "fill": fill, "line": line, "dash": dash}


def _metro_classes() -> list[Entry]:
    known = (
        ("3号线", "operating"),
        ("4号线", "operating"),
        ("4号线", "construction"),
        ("4号线", "planned"),
        ("10号线", "operating"),
        ("11号线", "construction"),
        ("S3号线", "operating"),
        ("S4号线", "operating"),
        ("S4号线", "construction"),
        ("S8号线", "operating"),
    )
    out = []
    for line, status in known:
        zh, en, dash = STATUS[status]
        out.append(
            one(f"{line}|{status}", f"{line}（{zh}）", f"{METRO_EN[line]} ({en})", None, METRO[line], dash)
        )
    return out


def _layer(
    key: str,
    zh: str,
    en: str,
    group: str,
    kind: str,
    as_of: str,
    fields: dict[str, str],
    look: Entry,
    **more: Any,
) -> Entry:
    # Any: optional catalogue keys (visible, min_zoom, attribution, role, source, depends_on)
    entry: Entry = {
        "id": key,
        "title": {"zh": zh, "en": en},
        "group": group,
        "kind": kind,
        "source": f"data/{key}.fgb",
        "crs": "EPSG:4549",
        "authority": AUTHORITY,
        "as_of": as_of,
        "licence": LICENCE,
        "role": key,
        "fields": fields,
        "visible": False,
        "synthetic": True,
    }
    return {**entry, **more, "style": look}


def _same(*names: str, **renamed: str) -> dict[str, str]:
    return {**{name: name for name in names}, **renamed}


def control() -> list[Entry]:
    """Return the layers of the group 管控."""
    zones = [
        one("城镇集中建设区", "城镇集中建设区", "concentrated construction", None, "#b3202c"),
        one("城镇弹性发展区", "城镇弹性发展区", "elastic development", "#f3dcc0", "#c4713b", [4, 2]),
        one("特别用途区", "特别用途区", "special use", "#cfe5d2", "#4d8a5b", [1.5, 1.5]),
    ]
    metro = [
        one("underground_50", "地下线 50 m", "underground 50 m", "#8a7bbf", "#5B4BA0"),
        one("elevated_30", "地上线 30 m", "surface 30 m", "#e6b884", "#b9772e"),
        one("tunnel_100", "过江隧道 100 m", "river tunnel 100 m", "#6f9fc4", "#1f5f86"),
        one("floodplain_150", "长江漫滩 150 m", "floodplain 150 m", "#a9c5d8", "#4b7c9c"),
        one("entrance_10", "出入口 10 m", "entrance 10 m", "#5B4BA0", "#3d3180"),
    ]
    return [
        _layer(
            "udb",
            "城镇开发边界",
            "Urban development boundary",
            "control",
            "polygon",
            "2026-03-01",
            _same(zone="GHFQMC", code="GHFQDM"),
            style(
                None,
                "#b3202c",
                width_px=2.0,
                halo="#f7dcdc",
                fill_opacity=0.25,
                class_field="zone",
                classes=zones,
            ),
            visible=True,
        ),
        _layer(
            "farmland",
            "永久基本农田",
            "Permanent basic farmland",
            "control",
            "polygon",
            "2025-12-31",
            _same(id="YJJBNTTBBH", dlbm="DLBM"),
            style("#eef0bf", "#b5b155", width_px=0.8, fill_opacity=0.75),
            visible=True,
        ),
        _layer(
            "redline",
            "生态保护红线",
            "Ecological red line",
            "control",
            "polygon",
            "2025-12-31",
            _same(name="MC", kind="LHLX"),
            style("#cfe3c8", "#5b8f55", width_px=1.2, fill_opacity=0.7, label="name", label_min_zoom=11),
            visible=True,
        ),
        _layer(
            "river_management",
            "河道管理范围线",
            "River-management line",
            "control",
            "line",
            "2025-06-30",
            _same("river", "stem"),
            style(None, "#2f7fb3", width_px=1.4, dash=[5, 2]),
        ),
        _layer(
            "metro_protection",
            "轨道交通控制保护区",
            "Metro protection zone",
            "control",
            "polygon",
            "2026-06-30",
            _same("line", "width_m", "kind", "certain"),
            style("#b9b0da", "#5B4BA0", width_px=0.8, fill_opacity=0.32, class_field="kind", classes=metro),
            depends_on=["transit_line", "station", "water"],
            min_zoom=11,
        ),
        _layer(
            "hazard",
            "危险源（个人风险等值线距离）",
            "Hazard facilities",
            "control",
            "point",
            "2025-12-31",
            _same("name", "kind", "d_1e5_m", "d_3e6_m", "d_3e7_m"),
            style("#D55E00", "#ffffff", radius_px=4.5, fill_opacity=1, label="name", label_min_zoom=14),
        ),
        _layer(
            "flood_depth",
            "淹没水深",
            "Flood depth",
            "control",
            "raster",
            "2024-06-30",
            {},
            style("#4f9bd0", None, fill_opacity=0.6),
            source="data/flood_depth.tif",
        ),
    ]


def industry() -> list[Entry]:
    """Return the layers of the group 产业与用地."""
    plan = [
        one(code, zh, en, colour)
        for code, zh, en, colour in (
            ("07", "居住", "residential", "#FFFF2D"),
            ("08", "公共服务", "public service", "#FF00FF"),
            ("0802", "科研", "research", "#E6005C"),
            ("0804", "教育", "education", "#FF85C9"),
            ("09", "商业服务业", "commerce", "#FF0000"),
            ("1001", "工业", "industry", "#BB9674"),
            ("11", "仓储", "storage", "#8761D3"),
            ("12", "交通", "transport", "#B7B7B7"),
            ("13", "公用设施", "utility", "#006380"),
            ("1401", "公园绿地", "park", "#00FF00"),
            ("1402", "防护绿地", "buffer green", "#148D4A"),
            ("16", "留白", "reserved", "#FFFFFF"),
        )
    ]
    land = [
        one(code, zh, en, colour)
        for code, zh, en, colour in (
            ("01", "耕地", "cultivated", "#F5F8DC"),
            ("02", "园地", "orchard", "#BFE9AA"),
            ("03", "林地", "forest", "#68B167"),
            ("04", "草地", "grass", "#CDF57A"),
            ("11", "水域", "water", "#338EC0"),
            ("07", "住宅", "housing", "#FFFF2D"),
            ("06", "工矿", "industry", "#BB9674"),
            ("08", "公共管理与服务", "public", "#FF00FF"),
            ("05", "商服仓储", "commerce and storage", "#FF7F7E"),
            ("10", "交通", "transport", "#B7B7B7"),
            ("12", "其他", "other", "#EEEEEE"),
        )
    ]
    return [
        _layer(
            "park",
            "产业园区",
            "Industrial parks",
            "industry",
            "polygon",
            "2025-12-31",
            _same("id", "name", "kind"),
            style(None, "#4a3a1c", width_px=1.6, dash=[1, 2], label="name", label_min_zoom=11),
            visible=True,
        ),
        _layer(
            "outline",
            "新区、自贸区、跨界示范区范围",
            "New area, FTZ and cross-boundary outlines",
            "industry",
            "polygon",
            "2025-12-31",
            _same("id", "name", "kind"),
            style(None, "#1f5f86", width_px=2.2, halo="#dbe9f2", label="name", label_min_zoom=9),
        ),
        _layer(
            "standard_land",
            "标准地",
            "Standard land",
            "industry",
            "polygon",
            "2026-03-31",
            _same(
                "name",
                "industry",
                "far_min",
                "signed_on",
                "parcel_id",
                id="BZDBH",
                investment_10k_per_mu_min="invest_min",
                tax_10k_per_mu_min="tax_min",
                output_10k_per_mu_min="output_min",
                start_due_on="start_due",
                finish_due_on="finish_due",
                target_on="target_on",
            ),
            style("#f6e3a8", "#b98a12", width_px=1.2, fill_opacity=0.55),
            visible=True,
            min_zoom=11,
        ),
        _layer(
            "assessment",
            "区域评估范围",
            "Regional assessments",
            "industry",
            "polygon",
            "2026-03-31",
            _same("item", "report_no", "issued_on", "valid_to"),
            style("#d9d2e9", "#7c6aa8", width_px=1.0, fill_opacity=0.15, dash=[4, 2]),
        ),
        _layer(
            "plan",
            "详细规划",
            "Detailed plan",
            "industry",
            "polygon",
            "2026-03-31",
            _same(use_code="YDYHFLDM", far_max="RJL", height_m="JZXG", density_max="JZMD", green_min="LDL"),
            style("#f4f1ea", "#a59f92", width_px=0.6, fill_opacity=0.6, class_field="use_code", classes=plan),
            min_zoom=12,
        ),
        _layer(
            "land_class",
            "变更调查地类图斑",
            "Present land class",
            "industry",
            "polygon",
            "2025-12-31",
            _same(dlbm="DLBM", name="DLMC"),
            style("#eeeeee", None, width_px=0.0, fill_opacity=0.45, class_field="dlbm", classes=land),
        ),
    ]


def transit() -> list[Entry]:
    """Return the layers of the group 轨道与枢纽."""
    rails = [
        one("operating", "已开通", "operating", None, "#39434d"),
        one("construction", "在建", "under construction", None, "#39434d", [4, 2]),
    ]
    return [
        _layer(
            "transit_line",
            "轨道交通线路",
            "Metro lines",
            "transit",
            "line",
            "2026-06-30",
            _same("line", "phase", "status", "opening_year", "structure", "accuracy_m", "name", "class"),
            style(
                None, "#5B4BA0", width_px=3.6, halo="#ffffff", class_field="class", classes=_metro_classes()
            ),
            visible=True,
        ),
        _layer(
            "station",
            "轨道交通站点",
            "Metro stations",
            "transit",
            "point",
            "2026-06-30",
            _same(
                "name",
                "aliases",
                "line",
                "phase",
                "status",
                "opening_year",
                "opening",
                "accuracy_m",
                "basis",
                "interchange",
            ),
            style(
                "#ffffff",
                "#10273a",
                radius_px=4.5,
                width_px=1.8,
                fill_opacity=1,
                label="name",
                label_min_zoom=12,
                class_field="status",
                classes=[
                    one("operating", "已开通（© OpenStreetMap）", "operating", "#ffffff", "#10273a"),
                    one(
                        "construction",
                        "在建（估算站位）",
                        "under construction (estimated)",
                        "#ffffff",
                        "#5B4BA0",
                        [2, 1.5],
                    ),
                    one("planned", "规划（估算站位）", "planned (estimated)", "#ffffff", "#8a94a0", [1, 1.5]),
                ],
            ),
            visible=True,
            attribution="© OpenStreetMap contributors, ODbL 1.0（既有站点）",
            licence="既有站点 ODbL-1.0；估算站位 CC0-1.0",
        ),
        _layer(
            "rail_line",
            "铁路",
            "Railways",
            "transit",
            "line",
            "2026-06-30",
            _same("name", "status", "opening_year", "speed_kmh"),
            style(
                None,
                "#39434d",
                width_px=2.0,
                label="name",
                label_min_zoom=11,
                class_field="status",
                classes=rails,
            ),
            visible=True,
        ),
        _layer(
            "hub",
            "铁路枢纽",
            "Rail hub",
            "transit",
            "point",
            "2026-06-30",
            _same("name", "status", "opening_year", "accuracy_m", "radius_m"),
            style(
                "#ffffff",
                "#b3202c",
                radius_px=8,
                width_px=2.4,
                fill_opacity=1,
                label="name",
                label_min_zoom=9,
            ),
            visible=True,
        ),
        _layer(
            "rail_spur",
            "铁路专用线",
            "Rail spur",
            "transit",
            "line",
            "2025-12-31",
            _same("line"),
            style(None, "#7a7f86", width_px=1.4, dash=[6, 2]),
        ),
        _layer(
            "port",
            "港区",
            "Port areas",
            "transit",
            "polygon",
            "2025-12-31",
            _same("name"),
            style("#c9d8e6", "#3b6d93", width_px=1.2, fill_opacity=0.4),
        ),
    ]


def base() -> list[Entry]:
    """Return the layers of the group 底图."""
    roads = [
        one("高速公路", "高速公路", "motorway", None, "#d8b26a"),
        one("快速路", "快速路", "expressway", None, "#e0c48f"),
        one("主干路", "主干路", "arterial", None, "#d9d5cb"),
        one("次干路", "次干路", "secondary", None, "#e4e1d9"),
    ]
    return [
        _layer(
            "district",
            "区界",
            "Districts",
            "base",
            "polygon",
            "2025-12-31",
            _same("name", "code"),
            style(None, "#8d8577", width_px=1.6, dash=[6, 2, 1, 2], label="name", label_min_zoom=8),
            visible=True,
        ),
        _layer(
            "street",
            "街道界",
            "Streets (sub-districts)",
            "base",
            "polygon",
            "2025-12-31",
            _same("name", "code"),
            style(None, "#b9b2a5", width_px=0.8, dash=[3, 2], label="name", label_min_zoom=10),
            visible=True,
        ),
        _layer(
            "road",
            "主要道路",
            "Main roads",
            "base",
            "line",
            "2025-12-31",
            _same("name", "width_m", **{"class": "class"}),
            style(
                None,
                "#d9d5cb",
                width_px=1.6,
                label="name",
                label_min_zoom=13,
                class_field="class",
                classes=roads,
            ),
            visible=True,
        ),
        _layer(
            "water",
            "水系",
            "Water",
            "base",
            "polygon",
            "2025-12-31",
            _same("name", "kind"),
            style("#b5d5e8", "#8db9d3", width_px=0.8, fill_opacity=1, label="name", label_min_zoom=9),
            visible=True,
        ),
        _layer(
            "bank",
            "岸线",
            "River banks",
            "base",
            "line",
            "2025-12-31",
            _same("river", "stem"),
            style(None, "#5f9cc0", width_px=1.0),
        ),
        _layer(
            "elevation",
            "高程",
            "Elevation",
            "base",
            "raster",
            "2024-12-31",
            {},
            style("#b08d57", None, fill_opacity=0.5),
            source="data/elevation.tif",
        ),
    ]


def catalogue() -> Entry:
    """Return the whole catalogue (catalog.yaml)."""
    head = {
        "id": "jiangbei-demo",
        "title": {"zh": "江北新区示例工作区（合成数据）", "en": "Jiangbei demo workspace (synthetic data)"},
        "data_date": "2026-06-30",
        "crs": "EPSG:4549",
        "synthetic": True,
        "parcels": "../parcels/demo/parcels.parquet",
        "view": {
            "lon": 118.683,
            "lat": 32.102,
            "zoom": 11.6,
            "title": {"zh": "江北核心区", "en": "Jiangbei core"},
        },
        "note": {
            "zh": "合成示例数据：地块、企业、边界与危险源均为虚构，仅既有站点取自 OpenStreetMap；不得用于任何实际决定。",
            "en": "Synthetic demo: parcels, enterprises, boundaries and hazards are invented; only operating stations come from "
            "OpenStreetMap. Not for any real decision.",
        },
    }
    groups = [
        ("control", "管控", "Controls"),
        ("industry", "产业与用地", "Industry and land"),
        ("transit", "轨道与枢纽", "Transit"),
        ("base", "底图", "Base"),
    ]
    return {
        "workspace": head,
        "groups": [{"id": key, "title": {"zh": zh, "en": en}} for key, zh, en in groups],
        "bookmarks": [
            {"id": key, "title": {"zh": zh, "en": en}, "lon": lon, "lat": lat, "zoom": zoom}
            for key, zh, en, lon, lat, zoom in BOOKMARKS
        ],
        "layers": [*control(), *industry(), *transit(), *base()],
    }
