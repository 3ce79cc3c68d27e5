"""Slips of the finger and the ear, mended towards the words we know; never a code."""

import re
from collections import defaultdict
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from .text import STOP_WORDS, simplify_spelling

# Words an English reader would not call misspelled are seen this often in the dictionary's texts.
SEEN_IN_TEXTS = 60
MOST_MENDED = 6

SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("^(kn|gn|pn)", "n"),
        ("^wr", "r"),
        ("^ps", "s"),
        ("ph", "f"),
        ("(ti|si|ci)(?=o)", "sh"),
        ("sc(?=[eiy])", "s"),
        ("igh", "i"),
        ("ache", "ak"),
        ("gh", "g"),
        ("ck|q|c(?![eiyh])", "k"),
        ("c(?=[eiy])", "s"),
        ("g(?=[eiy])|dg", "j"),
        ("x", "ks"),
        ("z", "s"),
        ("v", "f"),
        ("(?<=.)[aeiouwyh]", ""),
        (r"(.)\1+", r"\1"),
    ]
]


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return a rough key of how `word` sounds, the same for siatica and sciatica."""
    for pattern, replacement in SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=1)
def english_words() -> dict[str, int]:
    """Return English words with how often they are seen in texts; real words are left alone."""
    counted = SpellChecker(language="en", distance=1).word_frequency.dictionary
    words: dict[str, int] = defaultdict(int)
    for word, times in counted.items():
        if times >= SEEN_IN_TEXTS:
            words[simplify_spelling(word.replace("'", ""))] += times
    return dict(words)


RARE, USUAL, EVERYDAY = range(3)


def commonness(word: str) -> int:
    """Return how usual `word` is in English texts: RARE, USUAL or EVERYDAY.

    Of several words, such as "behind the wheel", the most usual one counts.
    """
    times = max(english_words().get(part, 0) for part in word.split())
    return RARE if times < 2_000 else EVERYDAY if times > 60_000 else USUAL


class Speller:
    """Mends words towards `vocabulary`, a count of the words our texts use."""

    def __init__(self, vocabulary: dict[str, int]):
        self.vocabulary = vocabulary
        self.by_length = defaultdict(list)
        self.by_sound = defaultdict(list)
        # Towards words without meaning too: "releif" must vanish like "relief".
        for word in sorted({*vocabulary, *STOP_WORDS}):
            if word.isascii() and word.isalpha() and len(word) >= 4:
                self.by_length[len(word)].append(word)
                self.by_sound[sound(word)].append(word)

    def knows(self, word: str) -> bool:
        return word in self.vocabulary or word in STOP_WORDS

    def mend(self, tokens: list[str], boldly: bool = False) -> list[str]:
        """Return `tokens` with slips mended.

        `boldly` also takes English words that we do not know for slips when they sound like one
        of ours: "hip pane".
        """
        tokens = self.join_parts(tokens)
        mended, changes = [], 0
        for token in tokens:
            if changes < MOST_MENDED and self.may_be_slip(token) and (found := self.nearest(token)):
                mended += found
                changes += 1
            elif boldly and self.is_plain(token) and (alike := self.sounding_like(token)):
                mended.append(alike)
                changes += 1
            else:
                mended.append(token)
        return mended

    def is_plain(self, token: str) -> bool:
        """Whether `token` is a Latin word that none of our texts uses."""
        return len(token) >= 3 and token.isascii() and token.isalpha() and not self.knows(token)

    def may_be_slip(self, token: str) -> bool:
        return self.is_plain(token) and token not in english_words() and len(set(token)) > 1

    def sounding_like(self, word: str) -> str:
        """Return the word of ours that sounds like the unusual `word`, "" for none."""
        if commonness(word) != RARE:
            return ""
        alike = [
            known
            for known in self.by_sound.get(sound(word), ())
            if known in self.vocabulary and OSA.distance(word, known) <= 2 and known[0] == word[0]
        ]
        return max(alike, key=lambda known: (self.vocabulary[known], known), default="")

    def join_parts(self, tokens: list[str]) -> list[str]:
        """Join "tail bone" and "lum bago" where only the whole is a word of ours."""
        joined, index = [], 0
        while index < len(tokens):
            pair = "".join(tokens[index : index + 2])
            if (
                index + 1 < len(tokens)
                and pair in self.vocabulary
                and not (self.knows(tokens[index]) and self.knows(tokens[index + 1]))
            ):
                joined.append(pair)
                index += 2
            else:
                joined.append(tokens[index])
                index += 1
        return joined

    def nearest(self, word: str) -> list[str]:
        """Return the word or two that `word` most likely means, [] when nothing is near."""
        if len(word) == 3:
            # "bak", "nee": only where a letter is missing and the whole sounds alike.
            alike = self.by_sound.get(sound(word), ())
            return [known for known in alike if OSA.distance(word, known) == 1][:1]
        if parts := self.parts_of(word):
            return parts
        most = 1 if len(word) <= 5 else 2
        choices = [
            choice
            for length in range(len(word) - most, len(word) + most + 1)
            for choice in self.by_length.get(length, ())
        ]
        near = process.extract(
            word, choices, scorer=OSA.distance, score_cutoff=most, limit=12, processor=None
        )
        # Keys struck at random are near something too: two slips must leave the first letter, and
        # what only sounds alike most of the letters.
        candidates = {
            choice: distance for choice, distance, _ in near if distance < 2 or choice[0] == word[0]
        }
        for alike in self.by_sound.get(sound(word), ()):
            distance = OSA.distance(word, alike)
            if 2 * distance < max(len(alike), len(word)):
                candidates.setdefault(alike, distance)
        if not candidates:
            return self.parts_with_slip(word)
        return [min(candidates, key=lambda choice: self.unlikeness(word, choice, candidates))]

    def unlikeness(self, word: str, choice: str, distances: dict[str, int]) -> tuple:
        return (
            distances[choice] - (sound(choice) == sound(word)),
            choice[0] != word[0],
            -self.vocabulary.get(choice, 0),
            choice,
        )

    def parts_of(self, word: str) -> list[str]:
        """Return the two known words that "lowback" or "stiffneck" are made of."""
        for cut in range(len(word) - 3, 2, -1):
            left, right = word[:cut], word[cut:]
            if left in self.vocabulary and right in self.vocabulary:
                return [left, right]
        return []

    def parts_with_slip(self, word: str) -> list[str]:
        """Return the two words that "neckstifness" is made of, where one of them has a slip."""
        for cut in range(4, len(word) - 3):
            left, right = word[:cut], word[cut:]
            if left in self.vocabulary and (near := self.one_letter_off(right)):
                return [left, near]
            if right in self.vocabulary and (near := self.one_letter_off(left)):
                return [near, right]
        return []

    def one_letter_off(self, word: str) -> str:
        """Return the longer word of ours that is one slip away from `word`, "" for none."""
        if len(word) < 5 or word in english_words():
            return ""
        choices = [*self.by_length.get(len(word) + 1, ()), *self.by_length.get(len(word), ())]
        near = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near and near[0] in self.vocabulary else ""
