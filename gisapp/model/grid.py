"""A raster in memory (栅格)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """A north-up raster (栅格): values with NaN for no data, upper-left corner and cell size in metres."""

    values: FloatArray
    left: float
    top: float
    cell_x: float
    cell_y: float

    def slope(self) -> Grid:
        """Return the slope as rise over run [1] by central differences (坡度)."""
        d_row, d_col = np.gradient(self.values, self.cell_y, self.cell_x)
        return Grid(np.hypot(d_row, d_col), self.left, self.top, self.cell_x, self.cell_y)
