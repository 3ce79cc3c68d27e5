"""Plain factories: the least a thing needs, published or not. Keyword arguments win."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify

from articles.models import Article, Picture, Section, Tool, YogaPose
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    GlossaryTerm,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RoutineStep,
    SuggestedRoutine,
    Symptom,
    SymptomPhrase,
)
from tests.pictures import png


def make_point(code="BL12", *, aliases=(), symptoms=(), cautions=None, **values) -> Point:
    """Create a published point with everything a public page needs.

    `cautions` maps slugs of caution groups to a level; None decides "fine" for every group.
    """
    prefix = code.rstrip("0123456789").split("-")[0]
    defaults = {
        "place_name": f"Beside the spine, {code}",
        "summary": "Two finger-widths beside the spine.",
        "english_name": f"Wind Gate {code}",
        "pinyin": "Fēngmén",
        "where": "Two finger-widths beside the spine at shoulder height.",
        "find_it": "1. Sit.\n2. Reach over.\n3. Feel the muscle.",
        "wrong_place_if": "- you feel bone",
        "technique": "1. Press.\n2. Hold.\n3. Let go.",
        "pressure": Point.Pressure.MEDIUM,
        "hold_seconds_min": 30,
        "hold_seconds_max": 60,
        "times_a_day": 2,
        "figure_alt": "The marker sits beside the spine at shoulder height.",
        "status": Point.Status.PUBLISHED,
        "meridian": Meridian.objects.get_or_create(
            code=prefix, defaults={"name": f"Meridian {prefix}"}
        )[0],
        "body_area": BodyArea.objects.get_or_create(
            slug="upper-back", defaults={"name": "Upper back"}
        )[0],
    }
    point = Point.objects.create(code=code, **(defaults | values))
    point.markers.create(role="closeup", figure="back", x=46, y=30)
    for text in aliases:
        Alias.objects.create(point=point, text=text)
    for symptom in symptoms:
        Indication.objects.create(point=point, symptom=symptom, role=Indication.Role.PRIMARY)
    groups = {group.slug: group for group in CautionGroup.objects.all()}
    if cautions is None:
        cautions = dict.fromkeys(groups, PointCaution.Level.FINE)
    for slug, level in cautions.items():
        PointCaution.objects.create(
            point=point, group=groups[slug], level=level, reason="Because we say so."
        )
    return point


def make_symptom(name="Itchy elbow crease", *, phrases=(), **values) -> Symptom:
    defaults = {
        "slug": slugify(name),
        "tier": Symptom.Tier.GENERAL,
        "summary": "One line.",
        "status": Symptom.Status.PUBLISHED,
    }
    symptom = Symptom.objects.create(name=name, **(defaults | values))
    for text in phrases:
        SymptomPhrase.objects.create(symptom=symptom, text=text)
    return symptom


def make_term(term="wobble", **values) -> GlossaryTerm:
    defaults = {
        "slug": slugify(term),
        "short": f"What {term} means.",
        "status": GlossaryTerm.Status.PUBLISHED,
    }
    return GlossaryTerm.objects.create(term=term, **(defaults | values))


def make_article(title="Backs and buses", *, sections=("Only section",), **values) -> Article:
    defaults = {
        "slug": slugify(title),
        "summary": "One line.",
        "status": Article.Status.PUBLISHED,
    }
    article = Article.objects.create(title=title, **(defaults | values))
    for order, heading in enumerate(sections):
        Section.objects.create(
            article=article, heading=heading, slug=slugify(heading), order=order, body="Text."
        )
    return article


def make_routine(name="Bus back", points=(), **values) -> SuggestedRoutine:
    """Create a published routine of `points`, in that order."""
    defaults = {
        "slug": slugify(name),
        "summary": "One line.",
        "suits": "sat in a bus",
        "traditional_view": "Tradition uses them.",
        "status": SuggestedRoutine.Status.PUBLISHED,
    }
    routine = SuggestedRoutine.objects.create(name=name, **(defaults | values))
    for order, point in enumerate(points):
        RoutineStep.objects.create(routine=routine, point=point, order=order)
    return routine


def make_tool(name="Wooden spoon", **values) -> Tool:
    defaults = {
        "slug": slugify(name),
        "summary": "One line.",
        "how_to_use": "1. Press.",
        "dose": "A minute.",
        "not_if": "- it hurts",
        "status": Tool.Status.PUBLISHED,
    }
    return Tool.objects.create(name=name, **(defaults | values))


def make_pose(name="Sleeping swan", **values) -> YogaPose:
    defaults = {
        "slug": slugify(name),
        "summary": "One line.",
        "steps": "1. Lie down.",
        "breaths": "5 breaths",
        "stop_if": "- it hurts",
        "not_if": "- it hurts",
        "status": YogaPose.Status.PUBLISHED,
    }
    return YogaPose.objects.create(name=name, **(defaults | values))


def make_upload(name="photo.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png() if content is None else content)


def make_picture(**values) -> Picture:
    defaults = {"alt_text": "A knee", "credit": "Us", "kind": "photo", "image": make_upload()}
    picture = Picture(**(defaults | values))
    picture.full_clean()
    picture.save()
    return picture
