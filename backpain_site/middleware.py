"""Headers on every answer that Django 5.2 does not send by itself."""

from django.conf import settings


class HeadersMiddleware:
    """Send `settings.SECURE_CSP`, the dictionary shape of Django 6, unless a view set its own.

    Also which devices no page may use, and that no cache keeps what readers choose to avoid.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = "; ".join(
            f"{directive} {' '.join(sources)}" for directive, sources in settings.SECURE_CSP.items()
        )

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        if "avoid" in request.GET:
            # What a reader must avoid is about their health: no cache keeps it.
            response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response
