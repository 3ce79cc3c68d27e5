"""The Markdown editor's preview, and the guard of its endpoints: for people who write.

They replace markdownx's own, which answer anyone. Refusals are 403, not a redirect: the editor's
script would show a login page as if it were the preview.
"""

from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from .markdown import rendered
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
    """Return the HTML of the posted `content`, as the page will show it, or why it is refused."""
    try:
        return HttpResponse(rendered(request.POST.get("content", "")))
    except ValidationError as error:
        sentence = format_html('<p class="errornote">{}</p>', error.messages[0])
        return HttpResponse(sentence, status=400)
