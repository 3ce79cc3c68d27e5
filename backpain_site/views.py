"""Pages where both apps meet, and the site's own plumbing."""

import sys
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag, urlencode
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import etag, require_safe

from backpain_site.models import Draft, Report
from points.cards import caution_groups
from points.search import count_search, results_for_query, suggestions
from points.search.filters import Selection
from points.search.text import LONGEST_QUERY

from . import health
from .addresses import live_path
from .forms import ReportForm
from .images import MEDIA_TYPES
from .middleware import PICTURE_POLICY
from .reports import TooManyUnanswered
from .visitors import too_many

# Reports a minute an address: one reader needs no more.
REPORT_RATE_LIMIT = 5
READ_OR_SENT = ["GET", "HEAD", "POST"]


def too_many_searches(request: HttpRequest) -> bool:
    limit = settings.SEARCH_RATE_LIMIT
    return bool(limit) and too_many(request, "searches", limit)


def refuse_politely(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


@require_safe
@cache_control(private=True, no_store=True)
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    if "\0" in query:
        return HttpResponse("A search cannot contain a NUL character.", status=400)
    query = query[:LONGEST_QUERY]
    if query and too_many_searches(request):
        return refuse_politely(request)
    selection = Selection.from_request(request.GET, caution_groups())
    literal = request.GET.get("literal") == "1"
    page = results_for_query(query, selection, literal=literal)
    if request.method == "GET" and not (selection.count or literal):
        # A filter chosen or a literal search is the same question again.
        count_search(page["answer"])
    return render(request, "search.html", page)


@require_safe
@cache_control(private=True, no_store=True)
def suggest(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "")
    if query and too_many_searches(request):
        return JsonResponse({"suggestions": []}, status=429, headers={"Retry-After": "60"})
    return JsonResponse({"suggestions": suggestions(query)})


def sent_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether a browser says that another site sent this form (docs/decisions.md)."""
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] not in {"same-origin", "none"}
    own = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL}
    return request.headers.get("Origin", settings.SITE_URL) not in own


def holds_nul(values) -> bool:
    return any("\0" in value for _name, listed in values.lists() for value in listed)


@csrf_exempt
@cache_control(private=True, no_store=True)
def report(request: HttpRequest) -> HttpResponse:
    """Ask a reader what is wrong on `page`, and keep it for the editors."""
    if request.method not in READ_OR_SENT:
        return HttpResponseNotAllowed(READ_OR_SENT, loader.render_to_string("400.html"))
    if holds_nul(request.GET) or holds_nul(request.POST):
        raise BadRequest("A report cannot contain a NUL character.")
    if request.method != "POST":
        page = live_path(request.GET.get("page", ""))
        return ask(request, ReportForm(initial={"page": page}), page)
    form = ReportForm(request.POST)
    valid, page = form.is_valid(), form.cleaned_data["page"]
    if sent_from_elsewhere(request):
        return ask(request, form, page, "elsewhere", status=403)
    if not valid:
        return ask(request, form, page)
    if not form.cleaned_data.pop("website"):
        if too_many(request, "reports", REPORT_RATE_LIMIT):
            response = ask(request, form, page, "too_many", status=429)
            response["Retry-After"] = "60"
            return response
        try:
            Report.keep(**form.cleaned_data)
        except TooManyUnanswered:
            return ask(request, form, page, "full", status=503)
    thanks = reverse("report_thanks")
    return redirect(f"{thanks}?{urlencode({'page': page})}" if page else thanks)


def ask(request, form: ReportForm, page: str, refused: str = "", status=200) -> HttpResponse:
    """Show the form about `page` with what is typed in it, and why it is `refused`."""
    context = {"form": form, "about": page, "refused": refused}
    return render(request, "report.html", context, status=status)


@require_safe
@cache_control(private=True, no_store=True)
def report_thanks(request: HttpRequest) -> HttpResponse:
    page = live_path(request.GET.get("page", ""))
    return render(request, "report_thanks.html", {"about": page})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask at the old place to the icon."""
    return redirect(static("img/icon-32.png"))


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a weakness (RFC 9116), where the site names somebody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now() + timedelta(days=180)
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    return HttpResponse("\n".join([*lines, "Preferred-Languages: en", ""]), "text/plain")


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say whether readers and editors are served; while they are not, what is in the way."""
    trouble = health.trouble()
    status = 503 if trouble else 200
    return HttpResponse(f"{trouble or 'ok'}\n", status=status, content_type="text/plain")


@require_safe
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Show a draft to whoever has its review link."""
    found = Draft.from_token(token)
    if found is None:
        raise Http404
    return admin.site.get_model_admin(found.content_type.model_class()).draft_page(request, found)


def name_of_file(request: HttpRequest, path: str) -> str:
    """Return the tag of an upload: each has a name of its own, so the name says the content."""
    return quote_etag(PurePosixPath(path).name)


@require_safe
@etag(name_of_file)
def media(request: HttpRequest, path: str) -> HttpResponse:
    """Serve an uploaded picture; nothing in the folder can run as a page."""
    media_type = MEDIA_TYPES.get(PurePosixPath(path).suffix)
    if not media_type:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, ValueError, SuspiciousOperation) as error:  # A name no storage takes.
        raise Http404 from error
    response = FileResponse(file, content_type=media_type)
    response["Content-Security-Policy"] = PICTURE_POLICY
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def page_not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database or the context, either of which may be what broke.

    What a database or a disk refuses is not for good: 503, and when to ask again.
    """
    _, error, _ = sys.exc_info()
    if health.is_outside(error):
        saving = request.method not in {"GET", "HEAD"}
        page = loader.get_template("503.html").render({"saving": saving})
        return HttpResponse(
            page, status=503, headers={"Retry-After": "10", "Cache-Control": "no-store"}
        )
    return HttpResponse(loader.get_template("500.html").render(), status=500)
