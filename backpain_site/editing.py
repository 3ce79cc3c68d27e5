"""The Markdown editor's two endpoints: preview and picture upload, for people who write.

They replace markdownx's own, which answer anyone. Refusals are 403, not a redirect: the editor's
script would show a login page as if it were the preview.
"""

from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from .images import check_upload, reencode
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


@writers_only
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Store the posted `image` and return the Markdown that shows it, or one sentence why not."""
    image = request.FILES.get("image")
    try:
        if image is None:
            raise ValidationError("Choose a picture to upload.")
        check_upload(image)
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=400)
    picture = reencode(image)
    name = default_storage.save(f"uploads/{picture.name}", picture)
    return JsonResponse({"image_code": f"![Describe this picture]({default_storage.url(name)})"})
