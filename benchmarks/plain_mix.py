"""The plain side, mixed use of the demo workspace: the compatibility matrix and all pairs, by pandas merges."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plain import Data
from plain_rules import longest_prefix, pair_rows

TARGET_INDICATORS = ("use_changes", "compatibility", "compatible_share", "share_basis", "negative_list")


def conversion(data: Data, use: pd.Series, target: pd.Series) -> dict[str, pd.Series]:
    """What the compatibility matrix says of present and target use, by merges over the pairs that occur."""
    matrix = data.tables["compatibility"].astype({"max_secondary_share": "float64"})
    keys = {code: code for code in matrix["primary"]}
    both = pd.DataFrame({"use": use, "target": target})
    seen = both.drop_duplicates()
    for name in ("use", "target"):
        seen[f"{name}_key"] = seen[name].map(lambda code: longest_prefix(code, keys))
        coarse = seen[name].map(lambda c: isinstance(c, str) and any(k.startswith(c) for k in keys))
        seen[f"{name}_vague"] = seen[name].isna() | (seen[f"{name}_key"].isna() & coarse)
    cells = matrix[["primary", "secondary", "verdict", "max_secondary_share", "share_basis"]]
    seen = seen.merge(cells, left_on=["use_key", "target_key"], right_on=["primary", "secondary"], how="left")
    vague = seen["use_vague"] | seen["target_vague"]
    changes = seen["use_key"].fillna(seen["use"].str[:4]) != seen["target_key"].fillna(seen["target"].str[:4])
    homes, risky = ("07", "08", "09"), ("100103", "110103")
    never = seen["use"].str.startswith(risky).eq(True) & seen["target"].str.startswith(homes).eq(True)
    never |= seen["target"].str.startswith(risky).eq(True) & seen["use"].str.startswith(homes).eq(True)
    green = seen["use"].str.startswith(("1401", "1402")).eq(True)
    never |= green & seen["target"].str.startswith(("07", "09", "10", "11")).eq(True)
    missing = seen["use"].isna() | seen["target"].isna()
    seen["use_changes"] = changes.astype("float64").where(~vague)
    seen["compatibility"] = seen["verdict"].astype("object").fillna("U").where(~vague)
    seen["compatible_share"] = seen["max_secondary_share"]
    seen["negative_list"] = (never | (seen["verdict"] == "N")).astype("float64").where(~missing)
    table = both.merge(seen, on=["use", "target"], how="left").set_axis(use.index)
    return {name: table[name] for name in TARGET_INDICATORS}


def all_pairs(data: Data, columns: dict[str, pd.Series]) -> pd.DataFrame:
    """Each parcel against each use of the matrix."""
    book = next(book for book in data.books.values() if book.get("pairs"))
    parts = []
    for use in data.tables["compatibility"]["primary"].unique():
        aimed = columns | {"target_use": pd.Series(use, index=data.parcels.index)}
        aimed |= conversion(data, columns["use_code"], aimed["target_use"])
        part = pair_rows(book, aimed, data.thresholds).assign(
            parcel_id=data.parcels["parcel_id"].to_numpy(), to_use=use
        )
        part["max_share"] = np.minimum(aimed["compatible_share"], columns["share_left"]).to_numpy()
        parts.append(part[part["verdict"] != "not_applicable"])
    return pd.concat(parts).sort_values(["parcel_id", "to_use"], ignore_index=True)
