"""The version of gisapp."""

__version__ = "0.1.0"
