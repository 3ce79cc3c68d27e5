"""Who may do what on the editors' desk: three groups, made anew from this file at every start."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from .drafting import PageAdmin
from .models import Content, OldAddress, Report
from .publishing import Publishable

CHANGES = ("add", "change", "delete")
# What the clinical reviewer decides alone.
CLINICAL = ("points.cautiongroup", "points.redflag")
REVIEWED = ("points.point", "points.symptom")


def permissions_of(models: Iterable, actions: Iterable[str]) -> set[str]:
    """Return the names of these permissions, such as `points.change_point`."""
    return {
        f"{model._meta.app_label}.{action}_{model._meta.model_name}"
        for model in models
        for action in actions
    }


def parts_of_pages() -> set:
    """Return the models edited on the forms of pages only: a draft holds them like a field."""
    return {
        inline.model
        for model_admin in admin.site._registry.values()
        if isinstance(model_admin, PageAdmin)
        for inline in model_admin.inlines
    }


def roles() -> dict[str, set[str]]:
    """Return the permissions of every role by the name of its group."""
    ours = [m for m in apps.get_models() if m in admin.site._registry or issubclass(m, Content)]
    ours = [m for m in ours if m._meta.app_label in {"points", "articles"}]
    pages = [model for model in ours if issubclass(model, Publishable)]
    seen = permissions_of([*ours, Report], ["view"])
    on_pages = permissions_of(parts_of_pages(), CHANGES) | permissions_of(pages, ["change"])
    writer = (
        seen
        | on_pages
        | permissions_of(pages, ["add"])
        | permissions_of([apps.get_model("articles.picture")], ["add"])
    )
    editor = (
        writer
        | permissions_of([m for m in ours if issubclass(m, Content)], CHANGES)
        | permissions_of(pages, ["publish"])
        | permissions_of([OldAddress], ["view", "add", "delete"])
        # A reader may have written what nobody should keep.
        | permissions_of([Report], ["change", "delete"])
    )
    reviewer = (
        seen
        | on_pages
        | permissions_of(map(apps.get_model, CLINICAL), ["change"])
        | permissions_of(map(apps.get_model, REVIEWED), ["publish"])
        | permissions_of([Report], ["change"])
    )
    return {"Writer": writer, "Editor": editor, "Clinical reviewer": reviewer}


@transaction.atomic
def make_roles() -> None:
    """Give each of the three groups exactly its permissions; no other group is touched."""
    there = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, names in roles().items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([there[one] for one in names])


def may_write(user) -> bool:
    """Return whether `user` may change anything that readers see, so needs its preview."""
    if not (user.is_active and user.is_staff):
        return False
    content = [model for model in apps.get_models() if issubclass(model, Content)]
    return any(map(user.has_perm, permissions_of(content, ["add", "change"])))
