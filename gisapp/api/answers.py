"""Answers in the visitor's language (答复语言): what the server words itself is Chinese or English, as was asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from gisapp.errors import GisappError, InputError, Problem
from gisapp.i18n import localized, translate
from gisapp.settings import Language

_LANGUAGE: Final[ContextVar[Language]] = ContextVar("language", default="zh")


class Reply(JSONResponse):
    """JSON in which every `Text` is said in the language of the request."""

    def render(self, content: Any) -> bytes:
        """Return the content as JSON."""
        return super().render(localized(content, _LANGUAGE.get()))


@contextmanager
def answering(request: Request) -> Iterator[None]:
    """Answer in the language that a request accepts, Chinese unless it says English."""
    wanted = request.headers.get("accept-language", "").strip().lower()
    token = _LANGUAGE.set("en" if wanted.startswith("en") else "zh")
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def said(text: str) -> str:
    """Return a text of our own in the language of the request."""
    return translate(text, _LANGUAGE.get())


def told(error: GisappError) -> str:
    """Return what an error says, in the language of the request."""
    if _LANGUAGE.get() == "zh":
        return error.message
    if isinstance(error, InputError):
        return "\n".join(_problem(problem) for problem in error.problems)
    return said(error.message)


def _problem(problem: Problem) -> str:
    """Return a problem as one English sentence, its place in front."""
    parts = [problem.file or ""]
    parts += [f"line {problem.line}"] if problem.line is not None else []
    parts += [f"record {problem.row}"] if problem.row is not None else []
    parts += [f"field {problem.field}"] if problem.field else []
    place = " ".join(part for part in parts if part)
    text = f"{place}: {said(problem.message)}" if place else said(problem.message)
    text += f" (given: {said(problem.value)})" if problem.value is not None else ""
    text += f"; expected: {said(problem.expected)}" if problem.expected else ""
    return text + (f"; {said(problem.action)}" if problem.action else "")
