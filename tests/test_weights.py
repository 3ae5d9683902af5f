"""Weights are normalised, whatever they sum to: what the rulebooks and the documents say of them."""

import pytest

from gisapp import Workspace
from gisapp.errors import UsageError
from gisapp.rules.override import override


def scores(workspace, **settings):
    found = workspace.evaluate("screening", settings={k.replace("__", "."): v for k, v in settings.items()})
    return found.parcels.set_index("parcel_id")["score"].to_dict(), found.trace


def test_weights_ten_times_as_large_give_the_same_scores(tiny):
    before, trace = scores(Workspace(tiny))
    after, scaled = scores(Workspace(tiny), **{"C-far.weight": "30", "C-bcr.weight": "10"})
    assert after == pytest.approx(before, nan_ok=True)
    weights = [t.loc[t["kind"] == "curve", ["rule_id", "weight"]].drop_duplicates() for t in (trace, scaled)]
    assert weights[0]["weight"].tolist() == pytest.approx([0.75, 0.25])
    assert weights[1]["weight"].tolist() == pytest.approx([0.75, 0.25])


def test_the_documents_say_so(root):
    assert "权重按合计折算" in (root / "docs" / "rules.md").read_text(encoding="utf-8")
    for file in (root / "parcels" / "rulebooks").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert "权重按合计折算" in text or text.count("kind: curve") < 2, file.name


def test_a_negative_parameter_is_refused(demo):
    with pytest.raises(UsageError, match="参数不能为负"):
        override(demo.rulebook("redevelopment"), {"LEL-06.w_far": "-1"})
