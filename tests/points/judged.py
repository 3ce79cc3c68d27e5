"""Runs the judged queries through the search and measures the answers."""

import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.http import QueryDict

from points.models import CautionGroup
from points.search import results_for_query
from points.search.filters import Selection

LOOK_UPS = {"exact-name", "alias", "code", "code-variant", "pinyin-spacing", "hanzi"}
LANGUAGE = {
    *("lay-symptom", "synonym", "typo", "long-natural", "multi-symptom", "body-area"),
    *("situation", "near-safety"),
}
RELEVANT = 2
DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """A query with what the page showed for it: codes in order, and whether it warned."""

    query: dict
    codes: tuple[str, ...]
    urgent: bool
    caution: bool

    @property
    def is_first_right(self) -> bool:
        if self.query["must_first"]:
            return self.codes[:1] == (self.query["must_first"],)
        grades = self.query["expect"]
        enough = min(RELEVANT, max(grades.values()))
        return bool(self.codes) and grades.get(self.codes[0], 0) >= enough

    @property
    def ndcg(self) -> float:
        grades = self.query["expect"]
        best = gain(sorted(grades.values(), reverse=True))
        return gain([grades.get(code, 0) for code in self.codes]) / best

    @property
    def shows_forbidden(self) -> bool:
        forbidden = self.query["must_not"]
        if forbidden == "all":
            return bool(self.codes)
        return bool(set(forbidden) & set(self.codes[:3]))


def gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades[:DEPTH]))


@lru_cache(maxsize=1)
def queries() -> list[dict]:
    text = Path(__file__).with_name("golden_queries.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def run() -> list[Judged]:
    """Ask every judged query, as the search page does without filters."""
    selection = Selection.from_request(QueryDict(), CautionGroup.objects.all())
    return [judge(query, results_for_query(query["q"], selection)) for query in queries()]


def orders() -> dict[str, list[str]]:
    """Return the codes shown for every judged query, in order."""
    return {one.query["q"]: list(one.codes) for one in run()}


def judge(query: dict, page: dict) -> Judged:
    tiers = {symptom.tier for symptom in page["symptoms"]}
    return Judged(
        query=query,
        codes=tuple(hit.point.code for hit in page["hits"]),
        urgent=bool(page["red_flags"]) or bool(tiers & {"no_point", "emergency"}),
        caution=bool(page["groups"]) or "see_doctor_first" in tiers,
    )


def share(found, of) -> float:
    """Return the part of the answers `of` for which `found` holds."""
    of = list(of)
    return sum(map(found, of)) / len(of)


def table(judged: list[Judged]) -> dict[str, tuple[int, float, float]]:
    """Return (number, first right, nDCG@10) by kind, for kinds that expect points."""
    by_kind = defaultdict(list)
    for one in judged:
        if one.query["expect"]:
            by_kind[one.query["kind"]].append(one)
    return {
        kind: (
            len(found),
            share(lambda one: one.is_first_right, found),
            sum(one.ndcg for one in found) / len(found),
        )
        for kind, found in sorted(by_kind.items())
    }


def orders_elsewhere(data_dir: str, hash_seed: str) -> dict[str, list[str]]:
    """Return `orders()` of another process on a SQLite database of its own."""
    environment = os.environ | {
        "DATA_DIR": data_dir,
        "DATABASE_URL": "",
        "PYTHONHASHSEED": hash_seed,
        "DJANGO_SETTINGS_MODULE": "backpain_site.settings",
    }
    script = (
        "import django, json; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0); call_command('load_content', verbosity=0)\n"
        "from tests.points.judged import orders\n"
        "print(json.dumps(orders()))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
