"""One meaning, many words: brings the words of a query and of our phrases to the same terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .text import STOP_WORDS, stem, words

# Kept for look-ups of meaning although they are short and common.
NEGATIONS = frozenset(
    {"no", "not", "never", "without", "cannot", "none", "isnt", "arent", "havent"}
)

NUMBERS = re.compile(r"(\d{1,3})\.\.(\d{1,3})")


@dataclass(frozen=True)
class Term:
    """A meaning in a query, with the word that said it and where that stood."""

    text: str
    word: str
    position: int


@dataclass
class Lexicon:
    """Groups of words that mean the same, longest wording first.

    `meanings` maps stemmed words to the group's name; `longest` is the longest such wording.
    """

    meanings: dict[tuple[str, ...], str] = field(default_factory=dict)
    complaints: set[str] = field(default_factory=set)
    longest: int = 1

    @classmethod
    def from_groups(cls, groups) -> "Lexicon":
        """Build from (name, words, is_complaint) of every word group."""
        lexicon = cls()
        for name, wordings, is_complaint in groups:
            for wording in (name, *wordings):
                for one in with_each_number(wording):
                    key = tuple(stem(word) for word in words(one))
                    if key:
                        lexicon.meanings[key] = name
                        lexicon.longest = max(lexicon.longest, len(key))
            if is_complaint:
                lexicon.complaints.add(name)
        return lexicon

    def terms(self, tokens: list[str]) -> list[Term]:
        """Return the meanings of `tokens` in order, without the words that carry none."""
        parts = [part for i, token in enumerate(tokens) for part in split_ache(token, i)]
        stems = [stem(part) for part, _ in parts]
        terms, index = [], 0
        while index < len(parts):
            length, meaning = self.meaning_at(stems, index)
            word, position = parts[index]
            if meaning:
                said = " ".join(part for part, _ in parts[index : index + length])
                terms.append(Term(meaning, said, position))
            elif word not in STOP_WORDS:
                terms.append(Term(stems[index], word, position))
            index += length or 1
        return terms

    def meaning_at(self, stems: list[str], start: int) -> tuple[int, str]:
        for length in range(min(self.longest, len(stems) - start), 0, -1):
            meaning = self.meanings.get(tuple(stems[start : start + length]))
            if meaning:
                return length, meaning
        return 0, ""


def with_each_number(wording: str) -> Iterator[str]:
    """Yield "im 12", "im 13" and "im 14" for "im 12..14", any other wording as it is."""
    span = NUMBERS.search(wording)
    if not span:
        yield wording
        return
    for number in range(int(span[1]), int(span[2]) + 1):
        yield f"{wording[: span.start()]}{number}{wording[span.end() :]}"


def split_ache(token: str, position: int) -> list[tuple[str, int]]:
    """Take backache, headaches and the like apart, so that they meet "back pain"."""
    for ending in ("ache", "aches", "pain", "pains"):
        part = token.removesuffix(ending)
        if part != token and len(part) >= 3:
            return [(part, position), ("pain", position)]
    return [(token, position)]
