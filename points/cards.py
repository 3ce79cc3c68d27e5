"""Published points with all that their cards and filters ask of them, from memory."""

from collections.abc import Iterable

from backpain_site.memo import remembered, remembered_each

from .models import CautionGroup, Point


def cards_of(codes: Iterable[str]) -> dict[str, Point]:
    """Return the published points of `codes` by code, with area, markers and cautions."""
    return remembered_each("card", codes, read_cards)


def read_cards(codes: list[str]) -> dict[str, Point]:
    points = Point.objects.published().filter(code__in=codes).for_cards().with_cautions()
    return {point.code: point for point in points}


def first_points() -> list[Point]:
    """Return the points that the guide starts with."""
    return remembered(
        "first points", lambda: list(Point.objects.published().first_points().for_cards())
    )


def caution_groups() -> list[CautionGroup]:
    return remembered("caution groups", lambda: list(CautionGroup.objects.all()))
