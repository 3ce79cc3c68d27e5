"""How long queries take, and what the index costs, as the content grows."""

import gc
import random
import threading
import time
import tracemalloc
from functools import cache
from itertools import cycle
from pathlib import Path

import yaml
from django.utils import timezone

from points.models import Indication, Meridian, Point, Symptom, SymptomPhrase
from points.search.engine import answer
from points.search.index import Builder, english_words
from points.search.text import words

from .pages import first_rendering

# Points, symptoms and phrases in the search that is measured.
SIZES = [(0, 0, 0), (300, 200, 2_000), (3_000, 2_000, 20_000)]


def measure_search():
    """Print how long queries take to be understood and ranked, and what the index costs.

    Also what pages cost when nothing is remembered. First with the starter content, then with
    invented points, symptoms and phrases added.
    """
    english_words()
    print(f"\n{'search':>32}{'p50 ms':>9}{'p99 ms':>9}{'build ms':>10}{'index MB':>10}", end="")
    print(f"{'p99 ms while rebuilding':>25}{'guide ms':>10}{'point ms':>10}")
    for size in SIZES:
        add_content(*size)
        tracemalloc.start()
        index = Builder(1).build()
        gc.collect()
        megabytes = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        spent = rank_all(index)
        start = time.perf_counter()
        Builder(1, previous=index).build()
        build = (time.perf_counter() - start) * 1000
        while_building = rank_while_building(index)
        named = f"{len(index.points):,} points, {len(index.phrases):,} phrases"
        print(
            f"{named:>32}{percentile(spent, 50):9.2f}{percentile(spent, 99):9.2f}"
            f"{build:10.0f}{megabytes:10.1f}{percentile(while_building, 99):25.2f}"
            f"{first_rendering('/'):10.1f}{first_rendering('/points/bl40/'):10.1f}"
        )


def rank_all(index) -> list[float]:
    """Return the milliseconds of every judged query that is no attack, asked of `index`."""
    return [rank(index, query) for query in judged_queries()]


def rank(index, query: str) -> float:
    start = time.perf_counter()
    answer(index, query)
    return (time.perf_counter() - start) * 1000


def rank_while_building(index) -> list[float]:
    """Return the milliseconds of queries asked while another thread rebuilds `index`."""
    beside = threading.Thread(target=lambda: Builder(1, previous=index).build())
    queries = cycle(judged_queries())
    beside.start()
    spent = [rank(index, next(queries))]
    while beside.is_alive():
        spent.append(rank(index, next(queries)))
    return spent


@cache
def judged_queries() -> list[str]:
    text = Path(__file__).parents[1].joinpath("points", "golden_queries.yaml").read_text("utf-8")
    return [query["q"] for query in yaml.safe_load(text) if query["kind"] != "hostile"]


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def add_content(points: int, symptoms: int, phrases: int):
    """Add invented records until there are that many; their words come from our own phrases."""
    choose = random.Random(points)  # noqa: S311 (no secret: the same content every time)
    phrase_texts = list(SymptomPhrase.objects.values_list("text", flat=True)[:2000])
    ours = [word for text in phrase_texts for word in words(text)]
    made_up = ["".join(choose.choices("bdfgklmnprstvaeiou", k=7)) for _ in range(2000)]

    def some_words(number: int) -> list[str]:
        return [choose.choice(ours if choose.random() < 0.8 else made_up) for _ in range(number)]

    now = timezone.now()
    meridian, area = Meridian.objects.first(), Point.objects.first().body_area
    there = Point.objects.count()
    Point.objects.bulk_create(
        Point(
            code=f"Q{number}",
            slug=f"q{number}",
            number=number,
            meridian=meridian,
            body_area=area,
            place_name=" ".join(some_words(4)),
            english_name=" ".join(choose.sample(made_up, 2)),
            where=" ".join(some_words(20)),
            find_it=" ".join(some_words(60)),
            status="published",
            publish_at=now,
        )
        for number in range(1000 + there, 1000 + points)
    )
    there = Symptom.objects.count()
    Symptom.objects.bulk_create(
        Symptom(
            name=f"{' '.join(some_words(2))} {number}",
            slug=f"symptom-{number}",
            tier="general",
            status="published",
            publish_at=now,
        )
        for number in range(there, symptoms)
    )
    owners = list(Symptom.objects.filter(slug__startswith="symptom-"))
    there = SymptomPhrase.objects.count()
    SymptomPhrase.objects.bulk_create(
        (
            SymptomPhrase(
                symptom=choose.choice(owners),
                text=f"{' '.join(some_words(choose.randint(2, 5)))} {number}"[:100],
            )
            for number in range(there, phrases)
        ),
        ignore_conflicts=True,
    )
    added = list(Point.objects.filter(indications=None, code__startswith="Q"))
    if owners:
        Indication.objects.bulk_create(
            Indication(point=point, symptom=symptom, role="primary", basis="tradition")
            for point in added
            for symptom in choose.sample(owners, 5)
        )
