from collections.abc import Iterable, Sequence
from itertools import groupby

from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy

from backpain_site.addresses import path_of
from backpain_site.memo import remembered
from backpain_site.models import Revision
from backpain_site.pages import PagedList, PageView
from backpain_site.publishing import Publishable
from points.cards import caution_groups, first_points
from points.models import Point, RedFlag, Source, SuggestedRoutine, Symptom
from points.routine import LONGEST, OwnRoutine, avoided_in, chosen_in
from points.search.filters import Selection, objections

from .models import Article, Practice, Section, Tool, YogaPose


def carried_context(article: Article, sections: Iterable[Section]) -> dict:
    """Return what the sections of `article` lay out below their text, and nothing else."""
    carried = {section.carries for section in sections}
    context = {}
    if Section.Carries.POINTS in carried or article.place == Article.Place.HOME:
        context["first_points"] = first_points()
    if Section.Carries.TOOLS in carried:
        context["tools"] = practices(Tool)
    if Section.Carries.POSES in carried:
        context["poses"] = practices(YogaPose)
    if Section.Carries.CAUTIONS in carried:
        context["caution_groups"] = caution_groups()
    if Section.Carries.RED_FLAGS in carried:
        context["red_flags"] = red_flags(shortened=article.place != Article.Place.SAFETY)
    if Section.Carries.SOURCES in carried:
        sources = remembered(
            "sources", lambda: sorted(Source.objects.all(), key=lambda source: source.kind)
        )
        context["source_kinds"] = [
            (Source.Kind(kind).label, list(group))
            for kind, group in groupby(sources, key=lambda source: source.kind)
        ]
    return context


def practices(model: type[Practice]) -> list[Practice]:
    """Return the published tools or poses, for their cards."""
    return remembered(model, lambda: list(model.objects.published().select_related("picture")))


def red_flags(shortened: bool) -> dict:
    """Return red flags by action; only the emergencies when `shortened`."""
    flags = remembered("red flags", lambda: list(RedFlag.objects.all()))
    by_action = {action.value: [] for action in RedFlag.Action}
    for flag in flags:
        if not shortened or flag.action == RedFlag.Action.NOW:
            by_action[flag.action].append(flag)
    return by_action | {"shortened": shortened}


def corrections() -> list[dict]:
    """Return what was put right on which page, the newest first.

    A page that readers cannot open now is named without a link; one that they never could open,
    because it is scheduled or a draft, is not named at all.
    """
    told = list(Revision.objects.exclude(reader_note="").defer("snapshot"))
    keys: dict[int, set[int]] = {}
    for revision in told:
        keys.setdefault(revision.content_type_id, set()).add(revision.object_id)
    public, hidden = {}, set()
    for kind, ids in keys.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        for page in model.objects.filter(pk__in=ids):
            if page.is_published:
                public[kind, page.pk] = page
            elif page.status != page.Status.WITHDRAWN:
                hidden.add((kind, page.pk))
    rows = []
    for revision in told:
        key = (revision.content_type_id, revision.object_id)
        if key not in hidden:
            page = public.get(key)
            rows.append(
                {
                    "day": revision.made_at,
                    "note": revision.reader_note,
                    "title": str(page) if page else revision.title,
                    "url": page.get_absolute_url() if page else "",
                }
            )
    return rows


class ArticlePage(PageView):
    model = Article
    context_object_name = "article"
    template_name = "articles/article_detail.html"

    def get_queryset(self):
        articles = super().get_queryset().filter(place=Article.Place.ARTICLE)
        return articles.prefetch_related("sections")

    def get_context_data(self, **kwargs):
        sections = self.object.sections.all()
        if self.object.place == Article.Place.CORRECTIONS:
            kwargs["corrections"] = corrections()
        return super().get_context_data(
            sections=sections, **carried_context(self.object, sections), **kwargs
        )


class PlacedArticle(ArticlePage):
    """The article published at a fixed address, such as /safety/."""

    place = None

    def get_queryset(self):
        articles = Article.objects.visible_to(self.request.user).filter(place=self.place)
        return articles.prefetch_related("sections")

    def find(self):
        return get_object_or_404(self.get_queryset())

    def withdrawn_page(self):
        return Article.objects.filter(status=Article.Status.WITHDRAWN, place=self.place).first()


class HelperSheet(PlacedArticle):
    """The rules for pressing somebody else, and the points: one sheet for the person who presses.

    The rules are the article at /helper/; while that is not public there is no sheet.
    """

    place = Article.Place.HELPER
    template_name = "articles/helper_sheet.html"

    def get_context_data(self, **kwargs):
        groups = caution_groups()
        selection = Selection.from_request(self.request.GET, groups)
        about, points = self.about()
        if not points:
            raise Http404
        against = [(point, objections(point, selection.avoided)) for point in points]
        return super().get_context_data(
            about=about,
            reported=path_of(about.get_absolute_url()),
            left_out=[(point, cautions) for point, cautions in against if cautions],
            to_press=[
                (point, point.cautions_to_show(groups))
                for point, cautions in against
                if not cautions
            ],
            **kwargs,
        )

    def about(self) -> tuple[Publishable | OwnRoutine, list[Point]]:
        """Return the page that the sheet belongs to, and the points to press, in order."""
        raise NotImplementedError

    def points(self, slugs: Sequence[str]) -> list[Point]:
        points = Point.objects.published().with_instructions().for_page().filter(slug__in=slugs)
        return sorted(points, key=lambda point: slugs.index(point.slug))


class PointSheet(HelperSheet):
    def about(self):
        points = Point.objects.published().with_instructions().for_page()
        point = get_object_or_404(points, slug=self.kwargs["slug"])
        return point, [point]


class RoutineSheet(HelperSheet):
    def about(self):
        routines = SuggestedRoutine.objects.published().with_points()
        routine = get_object_or_404(routines, slug=self.kwargs["slug"])
        return routine, self.points([point.slug for point in routine.points])


class OwnSheet(HelperSheet):
    """The sheet of the list in the address (?p=bl23&p=bl40)."""

    def about(self):
        slugs = chosen_in(self.request.GET)[:LONGEST]
        return OwnRoutine(tuple(slugs), tuple(avoided_in(self.request.GET))), self.points(slugs)


def common_symptoms() -> list[Symptom]:
    return list(Symptom.objects.published().most_covered()[:5])


class Home(PlacedArticle):
    place = Article.Place.HOME
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            common_symptoms=remembered("common symptoms", common_symptoms), **kwargs
        )


class ArticleList(PagedList):
    model = Article
    context_object_name = "articles"
    paginate_by = 24

    def get_queryset(self):
        return Article.objects.published().filter(place=Article.Place.ARTICLE)


class PracticeList(PagedList):
    template_name = "articles/practice_list.html"
    context_object_name = "practices"
    paginate_by = 48
    heading = lede = ""

    def get_queryset(self):
        return practices(self.model)

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=self.heading, lede=self.lede, **kwargs)


class ToolList(PracticeList):
    model = Tool
    heading = "Tools"
    lede = "What people press and roll with, and who should not. You need none of them."


class PoseList(PracticeList):
    model = YogaPose
    heading = "Yoga poses"
    lede = "Poses often chosen for the lower back, each with an easier version."


class PracticePage(PageView):
    context_object_name = "practice"
    list_heading = ""
    list_url = None

    def get_context_data(self, **kwargs):
        practice = self.object
        return super().get_context_data(
            related=practice.related_points.published().for_cards(),
            sources=practice.sources.all(),
            list_heading=self.list_heading,
            list_url=self.list_url,
            **kwargs,
        )


class ToolPage(PracticePage):
    model = Tool
    list_heading = "Tools"
    list_url = reverse_lazy("articles:tools")


class PosePage(PracticePage):
    model = YogaPose
    list_heading = "Yoga poses"
    list_url = reverse_lazy("articles:poses")
