"""Operations on the parcel fabric (宗地拓扑编辑), pure: a fabric and a gesture give an `Outcome`.

::

    fabric = Fabric.build(ids, outlines)                     once
    first = split(fabric, "A", line, name=name)              an Outcome: after, findings, automatic, …
    second = merge(apply(fabric, first), [...], name=name)   the next step works on what the first left
    whole = combine(fabric, [first, second])                 one edit, checked as a whole

Nothing is repaired in silence: what the program did by itself stands in ``automatic``, what is wrong in
``findings``. Vertices that a gesture does not touch stay bit-exact, with ring start, direction and order.
"""

from gisapp.topology.areasplit import Measure, split_area
from gisapp.topology.checking import check
from gisapp.topology.cutting import CORRIDOR, Name, corridor, cut, split
from gisapp.topology.fabric import Fabric
from gisapp.topology.finish import apply, combine, same
from gisapp.topology.joining import draw, merge, retire
from gisapp.topology.outcome import DEFAULT, Outcome, Point, Tolerances, TopologyError
from gisapp.topology.reshaping import replace, reshape

__all__ = [
    "CORRIDOR",
    "DEFAULT",
    "Fabric",
    "Measure",
    "Name",
    "Outcome",
    "Point",
    "Tolerances",
    "TopologyError",
    "apply",
    "check",
    "combine",
    "corridor",
    "cut",
    "draw",
    "merge",
    "replace",
    "reshape",
    "retire",
    "same",
    "split",
    "split_area",
]
