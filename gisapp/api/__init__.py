"""The app's own routes beside the pages (接口): tiles, cards, lists, search; same origin, token required."""

from gisapp.api.routes import routes

__all__ = ["routes"]
