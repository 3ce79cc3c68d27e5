from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from . import stamp
from .characters import IN_NAMES, IN_TEXTS, check_characters
from .reports import Report
from .revisions import Draft, OldAddress, Revision

__all__ = [
    "Content",
    "ContentQuerySet",
    "ContentVersion",
    "Draft",
    "OldAddress",
    "Report",
    "Revision",
]


class ContentVersion(models.Model):
    """One row whose number grows with every change of content, in the same transaction.

    Whatever is derived from content (the search index) keeps the number it was built from and
    rebuilds when they differ.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="content_version_single_row")
        ]

    def __str__(self):
        return str(self.number)

    @classmethod
    def bump(cls) -> None:
        """Count a change, in the transaction that makes it."""
        stamp.announce()
        transaction.on_commit(stamp.announce)
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.create(pk=1, number=1)

    @classmethod
    def current(cls) -> int:
        """Return the number now, 0 before the first change."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0


class ContentQuerySet(models.QuerySet):
    """Bulk changes bypass `save()`, so they bump the content version here."""

    @transaction.atomic
    def update(self, **kwargs):
        ContentVersion.bump()
        return super().update(**kwargs)

    @transaction.atomic
    def delete(self):
        ContentVersion.bump()
        return super().delete()

    # As in Django: `Point.objects.delete()` must not empty the table.
    delete.queryset_only = True

    @transaction.atomic
    def bulk_create(self, objs, *args, **kwargs):
        ContentVersion.bump()
        return super().bulk_create(objs, *args, **kwargs)


class Content(models.Model):
    """Anything that readers see or search; every change bumps `ContentVersion`."""

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args, **kwargs):
        ContentVersion.bump()
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args, **kwargs):
        ContentVersion.bump()
        return super().delete(*args, **kwargs)

    def clean_fields(self, exclude=None):
        """Refuse characters that nobody sees, whatever form or file brings them."""
        wrong = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            wrong = error.error_dict
        for field in self._meta.concrete_fields:
            named = isinstance(field, models.CharField)
            if field.name in {*wrong, *(exclude or ())} or not field.editable:
                continue
            if named or isinstance(field, models.TextField):
                try:
                    check_characters(
                        getattr(self, field.attname) or "", IN_NAMES if named else IN_TEXTS
                    )
                except ValidationError as error:
                    wrong[field.name] = [error]
        if wrong:
            raise ValidationError(wrong)
