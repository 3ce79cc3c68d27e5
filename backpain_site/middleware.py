"""What every request and answer goes through: limits, headers, old addresses."""

from django.conf import settings
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.template import loader

from .bodies import REFUSED
from .models import OldAddress

# The largest upload with a form around it.
LARGEST_BODY = settings.UPLOAD_MAX_BYTES + 2_000_000
OUR_METHODS = ["GET", "HEAD", "POST", "OPTIONS"]
OUR_CHARSETS = {"utf-8", "utf8", "us-ascii"}
# What a browser could offer and no page of ours uses; the timer keeps the screen on.
UNUSED_FEATURES = [
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
]
# Of a picture opened by its address: whatever it may be taken for, it loads and runs nothing.
PICTURE_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)


def content_policy(changes: dict[str, list[str]] | None = None) -> str:
    """Return the header's text: `settings.SECURE_CSP` with the directives of `changes`."""
    policy = settings.SECURE_CSP | (changes or {})
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


class LimitsMiddleware:
    """Refuse what no page of ours asks: other methods, bodies over `LARGEST_BODY`, and texts
    that are not UTF-8. And what did not arrive.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if REFUSED in request.META:
            return refuse(request.META[REFUSED])
        if request.method not in OUR_METHODS:
            return refuse(405)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
            return refuse(413)
        if request.content_params.get("charset", "utf-8").lower() not in OUR_CHARSETS:
            return refuse(415)
        return self.get_response(request)


def refuse(status: int) -> HttpResponse:
    """Return the answer to what was not read; nothing more is taken from this client."""
    name, headers = "400.html", {"Connection": "close"}
    if status == 405:
        headers["Allow"] = ", ".join(OUR_METHODS)
    if status == 503:
        name, headers["Retry-After"] = "503.html", "10"
    page = loader.get_template(name).render({"saving": True})
    return HttpResponse(page, status=status, headers=headers)


class GZipTextMiddleware(GZipMiddleware):
    """Compress what shrinks: pictures are compressed already."""

    def process_response(self, request, response):
        if response.headers.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)


class HeadersMiddleware:
    """Send `settings.SECURE_CSP`, the dictionary shape of Django 6, unless a view set its own.

    Also what else every answer carries, one by SecurityMiddleware itself included, and that no
    cache keeps what readers choose to avoid or what somebody sees who is logged in. What has no
    rule of its own (an old address, one that does not exist yet) is asked for anew each time.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.always = {
            "Content-Security-Policy": content_policy(),
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.always.items():
            response.headers.setdefault(name, value)
        if "avoid" in request.GET:
            # What a reader must avoid is about their health: no cache keeps it.
            response.headers["Cache-Control"] = "private, no-store"
        elif response.status_code == 304:
            pass  # What was kept has its rule, which this one would change.
        elif settings.SESSION_COOKIE_NAME in request.COOKIES:
            # Readers have no cookie. Files and pages with a rule of their own keep it.
            response.headers.setdefault("Cache-Control", "private, no-store")
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
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
