"""The first page of the editors' desk."""

from django import template
from django.utils.translation import gettext_lazy as _

from ..attention import waiting
from ..publishing import Publishable

register = template.Library()
EDITED = ["points", "articles", "backpain_site"]


@register.simple_tag(takes_context=True)
def what_waits(context):
    """Return the counts that this user may see, by heading and label."""
    return waiting(context["request"])


@register.filter
def by_use(app_list: list[dict]) -> list[dict]:
    """Return the admin's list of apps with what editors write first, pages before what they use.

    What nobody writes here follows, and what belongs to the framework and its libraries.
    """
    ours = [app for app in app_list if app["app_label"] in EDITED]
    ours.sort(key=lambda app: EDITED.index(app["app_label"]))
    others = [app for app in app_list if app not in ours]
    written = [app | {"models": models} for app in ours if (models := written_in(app))]
    seen = [one for app in ours for one in app["models"] if one not in written_in(app)]
    if seen:
        written.append(ours[0] | {"name": _("To look up"), "models": seen})
    return written + others


def written_in(app: dict) -> list[dict]:
    models = [one for one in app["models"] if one["add_url"] or not one["view_only"]]
    return sorted(models, key=lambda one: not issubclass(one["model"], Publishable))
