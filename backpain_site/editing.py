"""The Markdown editor's preview, and the guard of its endpoints: for people who write.

They replace markdownx's own, which answer anyone. Refusals are 403, not a redirect: the editor's
script would show a login page as if it were the preview.
"""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from .markdown import LONGEST_TEXT, render
from .roles import may_write


def writers_only(view):
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not may_write(request.user):
            raise PermissionDenied
        return view(request)

    return guarded


@writers_only
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Return the HTML of the posted `content`, as the page will show it."""
    return HttpResponse(render(request.POST.get("content", "")[:LONGEST_TEXT]))
