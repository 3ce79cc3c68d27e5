from django.conf import settings


def site(request):
    """Give templates the site's name, the page's canonical address, and what is switched on."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "OFFLINE": settings.OFFLINE,
        "canonical_url": f"{settings.SITE_URL}{request.path}",
    }
