"""Every public page of the site, found by following its links, with what stands on each."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class Page(HTMLParser):
    """The marks of a page that tests ask about."""

    def __init__(self, html: str):
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.inline: list[str] = []
        self.unnamed_pictures: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if tag in {"img", "script", "iframe", "source"} and attrs.get("src"):
            self.assets.append(attrs["src"])
        if tag == "link" and attrs.get("rel") not in {"canonical", "alternate", "manifest"}:
            self.assets.append(attrs["href"])
        if attrs.get("id"):
            self.ids.append(attrs["id"])
        if tag in HEADINGS:
            self.headings.append(tag)
        data_block = tag == "script" and attrs.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and not attrs.get("src") and not data_block):
            self.inline.append(tag)
        self.inline += [name for name in attrs if name == "style" or name.startswith("on")]
        if tag == "img" and attrs.get("alt") is None:
            self.unnamed_pictures.append(attrs.get("src", ""))


def is_ours(address: str) -> bool:
    return address.startswith("/") or address.startswith(settings.SITE_URL)


def crawl(client, start: str = "/") -> Iterator[tuple[str, object, Page | None]]:
    """Yield (path, response, page) for `start` and everything of ours it leads to.

    `page` is None for answers that are not HTML. Anchors are not part of a path.
    """
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        page = Page(response.content.decode()) if is_html else None
        yield path, response, page
        for link in page.links if page else []:
            address = urljoin(path, urldefrag(link).url or path)
            parts = urlsplit(address.removeprefix(settings.SITE_URL))
            if not is_ours(address) or parts.scheme or parts.path.startswith("/admin/"):
                continue
            # Filters and carried routines multiply without end: one step into them is enough.
            if parts.query.count("=") > 1 or (parts.query and urlsplit(path).query):
                continue
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if target not in seen:
                seen.add(target)
                waiting.append(target)
