from django.conf import settings


def site(request):
    """Give templates the site's name and the page's canonical address."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "canonical_url": f"{settings.SITE_URL}{request.path}",
    }
