"""A sentence or label in both languages, declared where the thing itself is declared."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    EN = "en"
    ES = "es"


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in English and Spanish."""

    en: str
    es: str

    def to(self, language: Language | str) -> str:
        return self.es if language == Language.ES else self.en


class Worded(StrEnum):
    """A closed set whose members carry their words: ``KILLED = "killed", "killed", "muerta"``."""

    words: Words

    def __new__(cls, value: str, en: str = "", es: str = "") -> "Worded":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = Words(en, es)
        return member
