"""What editors have typed and published: drafts, revisions, and addresses that moved."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import models
from django.utils.translation import gettext_lazy as _

LINK_LIFE = timedelta(days=14)
signer = signing.TimestampSigner(salt="draft-link")


def content_type_of(model) -> ContentType:
    return ContentType.objects.get_for_model(model)


class Draft(models.Model):
    """What is typed in the form of one page and not published. The public never sees it.

    `snapshot` is described in `snapshots.py`; `object_id` is empty for a page that does not exist
    yet; `number` grows with every save, so that two editors notice each other.

    The draft of a live page may publish itself at `publish_at`, in the name of `scheduled_by` and
    if the page is still what it was (`scheduled_on` is its fingerprint). `problem` says why it did
    not.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    number = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now=True)
    for_review = models.BooleanField(default=False)
    link_key = models.CharField(max_length=22, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True, db_index=True)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    scheduled_on = models.CharField(max_length=20, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=models.Q(object_id__isnull=False),
                name="backpain_site_draft_one_a_page",
            )
        ]

    def __str__(self):
        return self.title

    @classmethod
    def of(cls, page):
        """Return the draft of a saved page, as a QuerySet of one or none."""
        return cls.objects.filter(content_type=content_type_of(type(page)), object_id=page.pk)

    @classmethod
    def of_new(cls, model):
        """Return the drafts of pages that do not exist yet."""
        return cls.objects.filter(content_type=content_type_of(model), object_id=None)

    def unschedule(self, problem: str = "") -> None:
        """Let the draft wait for its editors again, with the `problem` that stopped it."""
        self.publish_at, self.problem = None, str(problem)
        self.save(update_fields=["publish_at", "problem", "snapshot"])

    def make_link(self) -> None:
        """Give the draft a review link, if it has none."""
        if not self.link_key:
            self.link_key = secrets.token_urlsafe(16)
            self.save(update_fields=["link_key"])

    def revoke_link(self) -> None:
        self.link_key = ""
        self.save(update_fields=["link_key"])

    @property
    def token(self) -> str:
        """Return the signed part of the review link; "" without one."""
        return signer.sign_object([self.pk, self.link_key]) if self.link_key else ""

    @classmethod
    def from_token(cls, token: str) -> "Draft | None":
        """Return the draft of a review link that is genuine, younger than LINK_LIFE and valid."""
        try:
            pk, key = signer.unsign_object(token, max_age=LINK_LIFE)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return cls.objects.filter(pk=pk, link_key=key).exclude(link_key="").first()


class Revision(models.Model):
    """A page as it was published, withdrawn or deleted, and who did it.

    Drafts that were discarded or overwritten are here too; `object_id` is 0 for one of a page
    that never was published.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("published")
        START = "start", _("as it was when this history begins")
        IMPORTED = "imported", _("imported from a file")
        ELSEWHERE = "elsewhere", _("changed by a command or a script")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DELETED = "deleted", _("deleted")
        SET_ASIDE = "set_aside", _("draft set aside")
        RESTORED = "restored", _("deleted, and brought back")

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    snapshot = models.JSONField()
    summary = models.TextField(blank=True, help_text=_("Which fields changed, in words."))
    note = models.CharField(max_length=300, blank=True)
    reader_note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self):
        return f"{self.title}, {self.get_kind_display()} {self.made_at:%Y-%m-%d %H:%M}"

    @classmethod
    def of(cls, page):
        return cls.objects.filter(content_type=content_type_of(type(page)), object_id=page.pk)

    @classmethod
    def last_of(cls, page) -> "Revision | None":
        return cls.of(page).exclude(kind=cls.Kind.SET_ASIDE).first()


class OldAddress(models.Model):
    """Where a page was, and where it is now: answered with a permanent redirect."""

    path = models.CharField(max_length=200, unique=True)
    target = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = _("old addresses")

    def __str__(self):
        return f"{self.path} → {self.target}"

    @classmethod
    def moved(cls, old: str, new: str) -> None:
        """Remember that `old` leads to `new`: no chain, no loop."""
        cls.objects.filter(path=new).delete()
        cls.objects.filter(target=old).update(target=new)
        if old != new:
            cls.objects.update_or_create(path=old, defaults={"target": new})
