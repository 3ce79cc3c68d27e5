from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed

from articles.models import Article, Tool, YogaPose
from points.models import Point, Symptom

from .characters import without_unseen


class ChangedPagesFeed(Feed):
    """Pages in the order they changed, the newest first."""

    feed_type = Atom1Feed
    title = settings.SITE_NAME
    subtitle = "New and changed pages of the guide to acupressure for lower back pain"
    link = settings.SITE_URL + "/"
    feed_url = settings.SITE_URL + "/feed/"
    length = 30

    def items(self):
        pages = [
            page
            for model in (Article, Point, Symptom, Tool, YogaPose)
            for page in model.objects.published().order_by("-updated_at")[: self.length]
        ]
        return sorted(pages, key=lambda page: page.updated_at, reverse=True)[: self.length]

    def item_title(self, page):
        return without_unseen(str(page))

    def item_description(self, page):
        return without_unseen(page.summary)

    def item_link(self, page):
        return settings.SITE_URL + page.get_absolute_url()

    def item_pubdate(self, page):
        return page.publish_at

    def item_updateddate(self, page):
        return page.updated_at
