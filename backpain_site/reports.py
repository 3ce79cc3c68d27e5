"""What readers tell us is wrong on a page. Nothing about the reader is kept."""

from hashlib import sha256

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class TooManyUnanswered(Exception):
    """Nobody has answered for so long that nothing more is stored."""


class Report(models.Model):
    """A mistake that a reader has found. No name, mail, address, browser or session is kept.

    Not `Content`: nothing that readers see depends on it.
    """

    # So many wait at most: a flood cannot fill the disk.
    MOST_WAITING = 500
    LONGEST_MESSAGE = 2000

    class Kind(models.TextChoices):
        PLACE = "place", _("The place of a point, or a picture")
        SAFETY = "safety", _("Something about safety")
        WORDS = "words", _("Words: wrong, missing or hard to understand")
        LINK = "link", _("A link or a page does not work")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ANSWERED = "answered", _("Answered")
        DISMISSED = "dismissed", _("Dismissed")

    page = models.CharField(max_length=200, blank=True, editable=False)
    kind = models.CharField(_("what is wrong"), max_length=6, choices=Kind, editable=False)
    message = models.TextField(max_length=LONGEST_MESSAGE, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.NEW, db_index=True)
    note = models.TextField(
        blank=True, help_text=_("What was found and done, for other editors. Readers never see it.")
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    handled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("report")
        verbose_name_plural = _("reports from readers")

    def __str__(self):
        return f"{self.page or _('No page')}: {self.message[:60]}"

    @classmethod
    @transaction.atomic
    def keep(cls, page: str, kind: str, message: str) -> None:
        """Store what a reader wrote about `page`, once; TooManyUnanswered when it is too much."""
        fingerprint = sha256(f"{page}\n{message}".encode()).hexdigest()
        if cls.objects.filter(fingerprint=fingerprint).exists():
            return
        if cls.objects.filter(status=cls.Status.NEW).count() >= cls.MOST_WAITING:
            raise TooManyUnanswered
        values = {"page": page, "kind": kind, "message": message}
        cls.objects.get_or_create(fingerprint=fingerprint, defaults=values)
