"""The context (评价环境): everything that a parcel is measured against, indexed once, with a content hash."""

from gisapp.context.build import build_context
from gisapp.context.context import Context, NotLoadedError
from gisapp.context.layers import Finding, LoadedLayer

__all__ = ["Context", "Finding", "LoadedLayer", "NotLoadedError", "build_context"]
