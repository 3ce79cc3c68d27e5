"""A picture put into a Markdown text: the desk asks for its words, then the library takes it."""

import re

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from backpain_site.editing import writers_only
from backpain_site.images import ADDRESS

from .models import Picture

MARKDOWN_SIGNS = re.compile(r"([\\\[\]*_`<>&!~\"])")


class UploadForm(forms.ModelForm):
    class Meta:
        model = Picture
        fields = ["image", "alt_text", "decorative", "credit", "kind"]
        widgets = {"image": forms.FileInput(attrs={"accept": "image/*"})}
        error_messages = {
            "image": {"required": "Choose a picture to upload."},
            "credit": {"required": "Say who made the picture, and under which licence."},
            "kind": {"required": "Say what kind of picture it is."},
        }


@writers_only
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Return the dialog's form, or keep the posted picture and return the Markdown that shows it.

    A refusal is 400 with a sentence a line, and the name of the field that the first is about.
    """
    if not request.user.has_perm("articles.add_picture"):
        raise PermissionDenied
    if request.method == "GET":
        form = UploadForm(auto_id="upload_%s")
        return render(request, "articles/includes/upload_form.html", {"form": form})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        sentences = [sentence for errors in form.errors.values() for sentence in errors]
        answer = {"error": "\n".join(sentences), "field": next(iter(form.errors))}
        return JsonResponse(answer, status=400)
    return JsonResponse({"image_code": markdown_for(form.save())})


def markdown_for(picture: Picture) -> str:
    """Return the Markdown that shows `picture` with its alternative text, and its credit below."""
    return f'![{plain(picture.alt_text)}]({ADDRESS}{picture.image.name} "{plain(picture.credit)}")'


def plain(text: str) -> str:
    """Return `text` on one line, so that Markdown reads no signs in it."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))
