"""The application (应用层): the verbs that every front end uses."""

from gisapp.app.workspace import Workspace

__all__ = ["Workspace"]
