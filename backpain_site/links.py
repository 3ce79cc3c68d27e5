"""Links to this site in the texts of published pages that lead nowhere."""

import re
from functools import cache
from html import unescape

from django.apps import apps
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db import models
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from .addresses import is_live, path_of
from .images import ADDRESS
from .markdown import MarkdownField, RenderedField, rows_saying
from .models import OldAddress
from .pages import PageView
from .publishing import Finding, Publishable

TARGET = re.compile(r'(?:href|src)="((?:/|https?:)[^"]*)"')


def of_type(model, kind) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, kind)]


def page_fields(model) -> list[str]:
    """Return the fields of `model` that name a page; the first is what a row is part of."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, Publishable)
    ]


def pages_leading_to(page: Publishable) -> list[Publishable]:
    """Return the pages that name `page` in a record of theirs, or link to it in a text."""
    found = []
    for relation in page._meta.related_objects:
        rows = relation.related_model.objects.filter(**{relation.field.name: page})
        if issubclass(relation.related_model, Publishable):
            found += rows
            continue
        for name in page_fields(relation.related_model):
            if name != relation.field.name:
                found += (getattr(row, name) for row in rows.select_related(name))
    for row in rows_saying(page.get_absolute_url()):
        found += [getattr(row, name) for name in page_fields(type(row))]
        found += [row] if isinstance(row, Publishable) else []
    others = dict.fromkeys(one for one in found if one != page)
    return sorted(others, key=lambda one: (one._meta.verbose_name, str(one)))


def findings_of_links(page: Publishable) -> list[Finding]:
    """Return advice for every link in the texts of a saved page that leads nowhere."""
    texts = [(page, "")]
    for relation in page._meta.related_objects:
        if relation.field.name in page_fields(relation.related_model):
            group = f"{relation.get_accessor_name()}-group"
            texts += ((row, group) for row in getattr(page, relation.get_accessor_name()).all())
    old = set(OldAddress.objects.values_list("path", flat=True))
    found = []
    for row, group in texts:
        for field in row._meta.concrete_fields:
            if not isinstance(field, RenderedField):
                continue
            for _page, target in links_of(page, row, [field.name]):
                path = path_of(target)
                if not leads_somewhere(path, {path} if is_live(path) else (), old, files_in):
                    sentence = _("A link leads nowhere: %s") % target
                    found.append(Finding(group or field.source, sentence, stops=False))
    return found


def broken_links() -> list[tuple[models.Model, str]]:
    """Return (page, address) for every link that leads nowhere, in a fixed number of queries."""
    living: dict[str, Publishable] = {}
    written: list[tuple[models.Model, str]] = []
    parts = []
    for model in apps.get_models():
        rendered = of_type(model, RenderedField)
        if not issubclass(model, Publishable):
            if rendered:
                parts.append((model, rendered))
            continue
        for page in model.objects.published().defer(*of_type(model, MarkdownField)):
            living[page.get_absolute_url()] = page
            written += links_of(page, page, rendered)
    pages = {(type(page), page.pk): page for page in living.values()}
    for model, rendered in parts:
        field = next(iter(page_fields(model)), "")
        for part in model.objects.defer(*of_type(model, MarkdownField)):
            if not field:
                written += links_of(part, part, rendered)
                continue
            key = (model._meta.get_field(field).related_model, getattr(part, f"{field}_id"))
            if key in pages:
                written += links_of(pages[key], part, rendered)
    old = set(OldAddress.objects.values_list("path", flat=True))
    listed = cache(files_in)
    leads = {
        target: leads_somewhere(path_of(target), living, old, listed) for _page, target in written
    }
    return list(dict.fromkeys((page, target) for page, target in written if not leads[target]))


def links_of(page, row, fields: list[str]) -> list[tuple[models.Model, str]]:
    return [
        (page, unescape(target))
        for field in fields
        if "/" in (html := getattr(row, field))
        for target in TARGET.findall(html)
        if target.startswith(("/", settings.MEDIA_URL))
    ]


def files_in(folder: str) -> set[str]:
    """Return the names of the uploads in `folder`: one request to a store, however many."""
    try:
        return set(default_storage.listdir(folder)[1])
    except (OSError, ValueError, SuspiciousOperation):
        return set()


def leads_somewhere(path: str, living, old: set[str], listed) -> bool:
    """Return whether readers find something at `path`; static files are the build's concern."""
    if path in living or path in old or path.startswith(("/static/", "//")):
        return True
    for start in (ADDRESS, settings.MEDIA_URL):
        if path.startswith(start):
            folder, _, name = path.removeprefix(start).rpartition("/")
            return name in listed(folder)
    try:
        match = resolve(path)
    except Resolver404:
        return False
    view_class = getattr(match.func, "view_class", None)
    return not (view_class and issubclass(view_class, PageView))
