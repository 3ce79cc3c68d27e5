from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from articles.uploads import upload
from articles.views import Home

from . import editing, offline, views
from .feeds import ChangedPagesFeed
from .pages import held
from .sitemaps import SITEMAPS

urlpatterns = [
    path("", held(Home.as_view()), name="home"),
    path("", include("articles.urls")),
    path("", include("points.urls")),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("report/", views.report, name="report"),
    path("report/thanks/", views.report_thanks, name="report_thanks"),
    path("feed/", held(require_safe(ChangedPagesFeed())), name="feed"),
    path("sitemap.xml", held(require_safe(sitemap)), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "robots.txt",
        held(TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
        name="robots",
    ),
    path("sw.js", held(offline.worker), name="worker"),
    path("offline/", held(offline.saved_pages), name="saved-pages"),
    path("manifest.webmanifest", held(offline.manifest), name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("healthz", views.healthz, name="healthz"),
    path("draft/<str:token>/", views.draft, name="draft"),
    path("media/<path:path>", views.media, name="media"),
    path(f"{settings.ADMIN_PATH}/markdown/preview/", editing.preview, name="markdownx_markdownify"),
    path(f"{settings.ADMIN_PATH}/markdown/upload/", upload, name="markdownx_upload"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]

handler404 = "backpain_site.views.page_not_found"
handler500 = "backpain_site.views.server_error"
