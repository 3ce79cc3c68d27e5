"""Point codes in the spellings people use: UB60, bl-60, "urinary bladder 60", K 3, EX-B2."""

import re
from dataclasses import dataclass, field

from .text import words

# "urinary bladder meridian 40", "bladder point 40", "BL no 40"
BETWEEN = {"meridian", "channel", "point", "no", "number", "nr"}
EXTRA = re.compile(r"^(?:ex|extra)(hn|ca|b|ue|le)$")
SPELLED_OUT = {
    "urinary bladder": "BL",
    "gall bladder": "GB",
    "gallbladder": "GB",
    "triple energizer": "TE",
    "triple energiser": "TE",
    "triple burner": "TE",
    "triple warmer": "TE",
    "san jiao": "TE",
    "sanjiao": "TE",
    "du mai": "GV",
    "ren mai": "CV",
    "governing vessel": "GV",
    "governor vessel": "GV",
    "conception vessel": "CV",
}


@dataclass(frozen=True)
class Code:
    """A code read in a query: the WHO spelling, and the words of the query that spelled it."""

    code: str
    first: int
    last: int

    @property
    def prefix(self) -> str:
        return self.code.rstrip("0123456789")


@dataclass
class CodeReader:
    """Reads codes by the abbreviations and names of meridians that editors keep.

    `prefixes` maps an abbreviation or a name in folded words to a WHO meridian code.
    """

    prefixes: dict[tuple[str, ...], str] = field(default_factory=dict)

    @classmethod
    def from_meridians(cls, meridians) -> "CodeReader":
        """Build from (code, name, other codes) of every meridian."""
        prefixes = {tuple(name.split()): code for name, code in SPELLED_OUT.items()}
        for code, name, other_codes in meridians:
            if code == "EX":
                continue
            for text in (code, name, *other_codes):
                prefixes.setdefault(tuple(words(text)), code)
        return cls(prefixes)

    def read(self, tokens: list[str]) -> list[Code]:
        """Return the codes spelled in `tokens`, left to right, never overlapping."""
        pieces, owners = [], []
        for position, token in enumerate(tokens):
            for piece in re.findall(r"[a-z]+|[0-9]+|[^a-z0-9]+", token):
                pieces.append(piece)
                owners.append(position)
        codes, index = [], 0
        while index < len(pieces):
            length, code = self.code_at(pieces, index)
            if code:
                codes.append(Code(code, owners[index], owners[index + length - 1]))
            index += length or 1
        return codes

    def code_at(self, pieces: list[str], start: int) -> tuple[int, str]:
        """Return how many pieces from `start` spell a code, and the code; (0, "") for none."""
        for length in (3, 2, 1):
            prefix = tuple(pieces[start : start + length])
            end = start + length
            if end < len(pieces) and pieces[end] in BETWEEN:
                end += 1
            if end >= len(pieces) or not is_number(pieces[end]):
                continue
            number = int(pieces[end])
            extra = EXTRA.match("".join(prefix))
            if extra:
                return end + 1 - start, f"EX-{extra[1].upper()}{number}"
            if prefix in self.prefixes:
                return end + 1 - start, f"{self.prefixes[prefix]}{number}"
        return 0, ""


def is_number(piece: str) -> bool:
    return piece.isdigit() and len(piece.lstrip("0")) in {1, 2}
