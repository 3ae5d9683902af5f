"""What all nouns share: frozen, no unknown keys, titles in two languages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from gisapp.settings import Language


class Noun(BaseModel):
    """A frozen record that refuses keys which it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Title(Noun):
    """A name in Chinese and English (名称)."""

    zh: str
    en: str = ""

    def text(self, language: Language) -> str:
        """Return the name in `language`, Chinese where there is no English."""
        return self.en if language == "en" and self.en else self.zh
