"""Draft or published: the one rule that decides what the public sees."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .markdown import MarkdownField, has_words
from .models import Content, ContentQuerySet


@dataclass(frozen=True)
class Finding:
    """A sentence for the editor about `field` (or rows, or a row); some stop publishing."""

    field: str
    sentence: str
    stops: bool = True

    @property
    def anchor(self) -> str:
        """Return the id of the element on the form that `field` means."""
        end = self.field.rpartition("-")[2]
        return self.field if end == "group" or end.isdecimal() else f"id_{self.field}"

    def as_link(self) -> SafeString:
        """Return the sentence, linked to its place on the form."""
        return format_html('<a href="#{}">{}</a>', self.anchor, self.sentence)


def may_change(user, model: models.Model | type[models.Model]) -> bool:
    """Whether `user` may change things of this kind."""
    return user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}")


class PublishableQuerySet(ContentQuerySet):
    def published(self):
        """Keep what the public may see now."""
        return self.filter(status=Publishable.Status.PUBLISHED, publish_at__lte=timezone.now())

    def visible_to(self, user):
        """Keep what this user may open: people who may change the thing see drafts too."""
        return self if may_change(user, self.model) else self.published()


class Publishable(Content):
    """A page of the site: a draft until an editor publishes it, reviewed or honestly not."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    status = models.CharField(
        max_length=9,
        choices=Status,
        default=Status.DRAFT,
        db_index=True,
        editable=False,
    )
    publish_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("The page appears by itself at this time. Empty means at once."),
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True, editable=False)
    redirect_to = models.CharField(max_length=200, blank=True, editable=False)
    changed_on = models.DateField(null=True, blank=True, editable=False)
    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=200,
        blank=True,
        help_text=_(
            "Name and profession of the clinician who checked this page. "
            "Leave empty until somebody did: the page then says so."
        ),
    )
    review_scope = models.CharField(
        _("what was reviewed"),
        max_length=200,
        blank=True,
        help_text=_("Such as: place and dose; not the evidence."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_due = models.DateField(_("next review due"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(status="published", publish_at__isnull=False),
                name="%(app_label)s_%(class)s_published_has_date",
                violation_error_message=_("A published page needs the time it appears."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by="", reviewed_on=None)
                | (~Q(reviewed_by="") & Q(reviewed_on__isnull=False)),
                name="%(app_label)s_%(class)s_review_complete",
                violation_error_message=_("A review needs both the reviewer and the date."),
            ),
        ]

    # Set while a draft is shown to its editors: what is missing then does not matter yet.
    is_preview = False

    @property
    def is_published(self) -> bool:
        return (
            self.status == self.Status.PUBLISHED
            and self.publish_at is not None
            and self.publish_at <= timezone.now()
        )

    @property
    def state(self) -> str:
        """Return where it stands, for editors: draft, published, or when it will be."""
        if self.status == self.Status.PUBLISHED and not self.is_published:
            return _("Scheduled for %s") % in_full(self.publish_at)
        if self.is_published:
            return _("Live")
        return self.get_status_display()

    def missing_to_publish(self) -> dict[str, str]:
        """Return what the public page still lacks: field name to a sentence for the editor."""
        return {}

    def findings(self) -> list["Finding"]:
        """Return what stops publishing or is worth a look, read from the saved page."""
        return []

    def clean(self):
        super().clean()
        if self.status == self.Status.PUBLISHED and not self.is_preview:
            self.publish_at = self.publish_at or timezone.now()
            if missing := self.missing_to_publish():
                raise ValidationError(missing)

    def save(self, *args, **kwargs):
        if self.status == self.Status.PUBLISHED and self.publish_at is None:
            self.publish_at = timezone.now()
        super().save(*args, **kwargs)


def in_full(when: datetime) -> str:
    """Return date, time and zone of `when`, for editors."""
    local = date_format(timezone.localtime(when), "j F Y, H:i")
    return f"{local} {timezone.get_current_timezone_name()}"


def page_models() -> list[type[Publishable]]:
    """Return the models of all pages, whatever app they belong to."""
    return [model for model in apps.get_models() if issubclass(model, Publishable)]


def require(instance: models.Model, fields: dict[str, str]) -> dict[str, str]:
    """Return those of `fields` (name to sentence) that are empty on `instance`.

    A text with pictures and no words is empty.
    """

    def is_empty(name: str) -> bool:
        value = getattr(instance, name)
        is_markdown = isinstance(instance._meta.get_field(name), MarkdownField)
        return not value or (is_markdown and not has_words(value))

    return {name: sentence for name, sentence in fields.items() if is_empty(name)}


def next_to_appear(*page_models: type[Publishable]) -> datetime:
    """Return when the next scheduled page of these models becomes public."""
    scheduled = [
        model.objects.filter(
            status=Publishable.Status.PUBLISHED, publish_at__gt=timezone.now()
        ).aggregate(first=Min("publish_at"))["first"]
        for model in page_models
    ]
    return min(filter(None, scheduled), default=datetime.max.replace(tzinfo=UTC))
