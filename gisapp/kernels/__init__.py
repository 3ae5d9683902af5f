"""Geometry in bulk (空间算子): overlay areas, nearest distances, zonal statistics. Arrays in, arrays out."""
