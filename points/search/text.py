"""From what a person types to plain words: folded, cut, stemmed."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

# Longer queries say no more about a complaint, and cost time.
LONGEST_QUERY = 500

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# "10kg" and "32wks" are two words; codes such as BL23 are one.
WORD = re.compile(rf"[0-9]+(?=(?:kg|lb|st|wk|week|month)s?\b)|[a-z0-9]+|[{CJK}]+")
APOSTROPHES = re.compile("['`´ʹʻʼʽ‘’‛′]")
# diarrhoea and diarrhea, haemorrhoids and hemorrhoids: one spelling for both.
BRITISH_VOWELS = re.compile("[ao]e")

stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """Return `text` without case, accents, full-width forms and apostrophes."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = APOSTROPHES.sub("", text)
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of `text`: runs of Latin letters and digits, or of Han characters."""
    return [simplify_spelling(word) for word in WORD.findall(fold(text))]


def simplify_spelling(word: str) -> str:
    if len(word) < 7:
        return word
    word = BRITISH_VOWELS.sub("e", word)
    return word[:-3] + "or" if word.endswith("our") else word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return stemmer.stemWord(word)


def squash(text: str) -> str:
    """Return `text` as one run, so that "Shen Shu" and "shenshu" are the same name."""
    return "".join(WORD.findall(fold(text)))


# Words that say nothing about the complaint. "no", "not" and "cannot" are kept: they matter.
STOP_WORDS = frozenset(
    """
    a about above actually again all almost already also although always am an and another any
    anyone anything anyway are around as ask at away be became because become been before being
    believe best better between both but by came can come could currently day days did do does
    doing done dont during each either else end enough especially etc even ever every everything
    few find first for found from gave get gets getting give gives given giving go goes going
    gone good got had has have having he hello help helps her here hey hi him his how i id if
    ill im in into is it its ive just keep keeps kind know lately later least less let lets like
    little ll look lot lots made make makes making many may maybe me mean means might mine more
    most mostly much must my myself need needs never next nice now of off often ok old on once
    one only or other our out over own part people perhaps please possible press pressing
    pressure pressed probably put puts putting quite rather re really recommend right said same
    say see seem seems she should show since so some somebody someone something sometimes
    somewhere soon sort stay still such suggest suggestion sure take takes taking tell than
    thank thanks that thats the their them then there these they thing things think this those
    though through thx till time times to today told too took tried try trying two under until
    up upon us use used useful using usually ve very via want wants was way we week weeks well
    went were what when where whether which while who whole why will wish with within wont would
    year years yet you your
    acupoint acupoints acupressure acupuncture point points spot spots massage massages rub
    remedy remedies relief relieve relieving treat treatment treatments treating cure cures fix
    ease easing eases therapy natural home self
    """.split()
)
