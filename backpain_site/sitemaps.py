from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from articles.models import Article, Tool, YogaPose
from points.models import Point, SuggestedRoutine, Symptom


class SiteSitemap(Sitemap):
    """Addresses below SITE_URL, whatever host the request named."""

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme


class PublishedSitemap(SiteSitemap):
    def __init__(self, model):
        self.model = model

    def items(self):
        return self.model.objects.published()

    def lastmod(self, page):
        return page.updated_at


class ListSitemap(SiteSitemap):
    def items(self):
        return [
            *("points:list", "points:symptoms", "points:routine", "points:glossary"),
            *("articles:list", "articles:tools", "articles:poses"),
        ]

    def location(self, name):
        return reverse(name)


SITEMAPS = {
    model._meta.model_name: PublishedSitemap(model)
    for model in (Article, Point, SuggestedRoutine, Symptom, Tool, YogaPose)
} | {"lists": ListSitemap()}
