"""The first page of the editors' desk."""

from django import template

from ..attention import waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def what_waits(context):
    """Return the counts that this user may see, by heading and label."""
    return waiting(context["request"])
