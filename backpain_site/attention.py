"""What waits for an editor: counts on the first page of the desk, each leading to just those."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Draft
from .publishing import Publishable
from .revisions import content_type_of

Status = Publishable.Status
SOON = timedelta(days=30)
DRAFTS, REVIEW, READERS, SAFETY = HEADINGS = (
    _("Drafts and dates"),
    _("Review"),
    _("Readers"),
    _("Points: safety and sources"),
)


@dataclass(frozen=True)
class Need:
    """Something that pages may lack; `rule` takes the model and the user and says which do."""

    key: str
    heading: str
    label: str
    rule: Callable[[type, object], Q]


@dataclass(frozen=True)
class Count:
    """How many things of one kind wait, and the address of the list of them."""

    heading: str
    label: str
    number: int
    noun: str
    url: str


def live() -> Q:
    return Q(status=Status.PUBLISHED, publish_at__lte=timezone.now())


def drafts_of(model):
    """Return the draft of the page that a query of `model` is at."""
    return Draft.objects.filter(content_type=content_type_of(model), object_id=OuterRef("pk"))


def has_draft(model, **values) -> Q:
    """Return the condition that a page of `model` has a draft with these `values`."""
    return Q(Exists(drafts_of(model).filter(**values)))


def due(model, user) -> Q:
    today = timezone.localdate()
    return live() & Q(review_due__range=(today, today + SOON))


# Which drafts of pages that do not exist yet belong to a need.
NEW_DRAFTS = {
    "my_drafts": lambda user: Q(author=user),
    "handed_in": lambda user: Q(for_review=True),
}
PAGE_NEEDS = [
    Need("my_drafts", DRAFTS, _("My drafts"), lambda model, user: has_draft(model, author=user)),
    Need(
        "handed_in",
        DRAFTS,
        _("Handed in for publishing"),
        lambda model, user: has_draft(model, for_review=True),
    ),
    Need(
        "scheduled",
        DRAFTS,
        _("Scheduled"),
        lambda model, user: (
            Q(status=Status.PUBLISHED, publish_at__gt=timezone.now())
            | has_draft(model, publish_at__isnull=False)
        ),
    ),
    Need(
        "failed",
        DRAFTS,
        _("Scheduled changes could not be published"),
        lambda model, user: has_draft(model, problem__gt=""),
    ),
    Need("withdrawn", DRAFTS, _("Withdrawn"), lambda model, user: Q(status=Status.WITHDRAWN)),
    Need(
        "unreviewed",
        REVIEW,
        _("Live and not reviewed"),
        lambda model, user: live() & Q(reviewed_on=None),
    ),
    Need("due", REVIEW, _("Review due within 30 days"), due),
    Need(
        "overdue",
        REVIEW,
        _("Review overdue"),
        lambda model, user: live() & Q(review_due__lt=timezone.localdate()),
    ),
]


class NeedsAttention(admin.SimpleListFilter):
    title = _("needs attention")
    parameter_name = "needs"

    def __init__(self, request, params, model, model_admin):
        self.needs = {need.key: need for need in model_admin.needs}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(need.key, need.label) for need in self.needs.values()]

    def queryset(self, request, queryset):
        need = self.needs.get(self.value())
        return queryset.filter(need.rule(queryset.model, request.user)) if need else queryset


class NeedsPages:
    """Part of `drafting.PageAdmin`: its filter, and its counts on the first page."""

    needs = PAGE_NEEDS

    def get_list_filter(self, request):
        return [NeedsAttention, *super().get_list_filter(request)]

    def new_drafts(self, request, need: str = ""):
        """Return the drafts of pages that do not exist yet, only those that `need` means."""
        new = Draft.of_new(self.model)
        return new.filter(NEW_DRAFTS[need](request.user)) if need in NEW_DRAFTS else new

    def desk_counts(self, request) -> list[Count]:
        if not self.has_view_or_change_permission(request):
            return []
        user, pages = request.user, self.model.objects
        numbers = pages.aggregate(
            **{
                need.key: models.Count("pk", filter=need.rule(self.model, user))
                for need in self.needs
            }
        )
        new = self.new_drafts(request).aggregate(
            **{key: models.Count("pk", filter=rule(user)) for key, rule in NEW_DRAFTS.items()}
        )
        url = self.address("changelist")
        return [
            Count(
                need.heading,
                need.label,
                number := numbers[need.key] + new.get(need.key, 0),
                self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural,
                f"{url}?needs={need.key}",
            )
            for need in self.needs
        ]


def waiting(request) -> list[tuple[str, list[tuple[str, list[Count]]]]]:
    """Return what waits, by heading and label, from every admin that has `desk_counts`."""
    groups: dict[str, dict[str, list[Count]]] = {heading: {} for heading in HEADINGS}
    for model_admin in admin.site._registry.values():
        if hasattr(model_admin, "desk_counts"):
            for count in model_admin.desk_counts(request):
                found = groups[count.heading].setdefault(count.label, [])
                if count.number:
                    found.append(count)
    return [(heading, list(lines.items())) for heading, lines in groups.items() if lines]
