"""Reading without network: the worker that keeps pages, its page, and the site as an app."""

import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .models import ContentVersion

# The copies of visited pages; the page about them lists and forgets them by this name.
VISITED_CACHE = "back-points-visited"
MOST_VISITED = 60
ICONS = ["img/icon.svg", "img/icon-32.png"]
PAPER = "#fbf9f4"


def kept_files() -> list[str]:
    """Return the addresses of the styles, scripts and icons that any page may need."""
    folder = settings.BASE_DIR / "static"
    names = [f"{kind}/{path.name}" for kind in ("css", "js") for path in (folder / kind).iterdir()]
    return [static(name) for name in sorted(names) + ICONS]


@require_safe
@cache_control(public=True, no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker, new whenever files or content are; or the one that clears up after it."""
    if not settings.OFFLINE:
        return render(request, "offline/no_worker.js", content_type="text/javascript")
    files = kept_files()
    digest = hashlib.sha256(" ".join(files).encode()).hexdigest()[:12]
    context = {
        "version": f"{digest}-{ContentVersion.current()}",
        "files": files,
        "visited_cache": VISITED_CACHE,
        "most_visited": MOST_VISITED,
    }
    return render(request, "offline/worker.js", context, content_type="text/javascript")


@require_safe
def saved_pages(request: HttpRequest) -> HttpResponse:
    """Show what can be read without network; the worker shows it for a page it does not have."""
    if not settings.OFFLINE:
        raise Http404
    context = {"visited_cache": VISITED_CACHE, "most_visited": MOST_VISITED}
    return render(request, "offline/saved_pages.html", context)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the site to devices that can install it."""
    icons = [("icon-192", "192x192", "any"), ("icon-512", "512x512", "any")]
    icons.append(("icon-maskable", "512x512", "maskable"))
    return JsonResponse(
        {
            "id": "/",
            "name": f"{settings.SITE_NAME}: acupressure for lower back pain",
            "short_name": settings.SITE_NAME,
            "description": "An honest, plain guide to acupressure for lower back pain.",
            "lang": "en-GB",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {
                    "src": static(f"img/{name}.png"),
                    "sizes": sizes,
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, sizes, purpose in icons
            ],
        },
        content_type="application/manifest+json",
    )
