"""What can be changed about a parcel (可调项): the inputs that "what would it take" may turn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gisapp.model.base import Noun, Title


class _Lever(Noun):
    """``who`` can turn it: the right holder, or a procedure that has to be gone through."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    who: Title


class Amount(_Lever):
    """A number of the parcel that can rise or fall in steps (数量).

    ``field`` is the parcel field; or ``scales`` names the indicators that rise in proportion to ``base``, which is
    itself an indicator (a figure of the occupants, such as tax per mu). ``at_most`` bounds it in its unit, or per
    square metre of the parcel with ``per_area``.
    """

    kind: Literal["amount"]
    unit: str
    direction: Literal["up", "down"]
    step: float = Field(gt=0)
    at_most: float = Field(gt=0)
    per_area: bool = False
    field: str | None = None
    base: str | None = None
    scales: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Amount:
        if (self.field is None) == (self.base is None):
            raise ValueError("可调项须给出 field，或 base 与 scales，二者之一")
        return self


class State(_Lever):
    """A field that a procedure sets to a value (状态); ``only_from`` names the states from which it leads there."""

    kind: Literal["state"]
    field: str
    indicator: str
    value: bool | str
    only_from: tuple[str, ...] = ()


class Retreat(_Lever):
    """Land given up so that the parcel leaves a zone, or stays within one (退让).

    Around points the zone is the disc whose radius [m] stands in the column ``radius``.
    """

    kind: Literal["retreat"]
    role: str
    by: str | None = None
    keep: str | None = None
    radius: str | None = None

    @model_validator(mode="after")
    def _keep_needs_by(self) -> Retreat:
        if (self.by is None) != (self.keep is None):
            raise ValueError("keep 与 by 须同时给出")
        return self


Lever = Annotated[Amount | State | Retreat, Field(discriminator="kind")]


class Levers(Noun):
    """All inputs that can be turned (可调项表), the easier ones first."""

    levers: tuple[Lever, ...]
