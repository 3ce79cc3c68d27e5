"""What every request and answer goes through: limits, headers, old addresses."""

from django.conf import settings
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.template import loader

from .models import OldAddress

# The largest upload with a form around it.
LARGEST_BODY = settings.UPLOAD_MAX_BYTES + 2_000_000
OUR_CHARSETS = {"utf-8", "utf8", "us-ascii"}


def content_policy(changes: dict[str, list[str]] | None = None) -> str:
    """Return the header's text: `settings.SECURE_CSP` with the directives of `changes`."""
    policy = settings.SECURE_CSP | (changes or {})
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


class LimitsMiddleware:
    """Refuse what no form of ours sends: bodies over `LARGEST_BODY`, texts that are not UTF-8."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
            return refuse(413)
        if request.content_params.get("charset", "utf-8").lower() not in OUR_CHARSETS:
            return refuse(415)
        return self.get_response(request)


def refuse(status: int) -> HttpResponse:
    return HttpResponse(loader.get_template("400.html").render(), status=status)


class GZipTextMiddleware(GZipMiddleware):
    """Compress what shrinks: pictures are compressed already."""

    def process_response(self, request, response):
        if response.headers.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)


class HeadersMiddleware:
    """Send `settings.SECURE_CSP`, the dictionary shape of Django 6, unless a view set its own.

    Also which devices no page may use, and that no cache keeps what readers choose to avoid or
    what somebody sees who is logged in.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = content_policy()

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        if "avoid" in request.GET:
            # What a reader must avoid is about their health: no cache keeps it.
            response.headers["Cache-Control"] = "private, no-store"
        elif settings.SESSION_COOKIE_NAME in request.COOKIES:
            # Readers have no cookie. Files and pages with a rule of their own keep it.
            response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


class OldAddressMiddleware:
    """Send readers of an address that a page has left to where it is now."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404 and request.method in {"GET", "HEAD"}:
            path = request.path[:200].replace("\0", "")
            moved = OldAddress.objects.filter(path=path).first()
            if moved:
                query = "" if set("?#") & set(moved.target) else request.META.get("QUERY_STRING")
                there = redirect(
                    f"{moved.target}?{query}" if query else moved.target, permanent=True
                )
                # The page may move back: a browser that remembers would go in circles.
                there.headers["Cache-Control"] = "no-cache"
                return there
        return response
