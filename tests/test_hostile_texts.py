"""Hostile texts in every field of every record: pages, lists, feed and search show them, inert."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from itertools import cycle
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db import models
from django.urls import reverse
from playwright.sync_api import Route

from articles.models import Article, Tool, YogaPose
from backpain_site.markdown import MarkdownField, check_text
from backpain_site.models import Content
from backpain_site.publishing import Publishable, page_models
from points.models import Point, SuggestedRoutine, Symptom
from tests.payloads import PAYLOADS, leads_astray

pytestmark = pytest.mark.django_db

# No database keeps these; forms refuse them.
WRITABLE = [re.sub("[\0\ud800-\udfff]", "", text) for text in PAYLOADS]
EVERYTHING = "\n\n".join(WRITABLE)
RUNS = {"iframe", "object", "embed", "applet", "base", "frame", "frameset", "style", "math"}
OUR_SCRIPTS = ("/static/", "/admin/jsi18n/")
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "xlink:href"}


class Watcher(HTMLParser):
    """Everything on a page that runs or leads astray; the page's data for search engines."""

    def __init__(self, html: str):
        super().__init__()
        self.alive: list[str] = []
        self.blocks: list[str] = []
        self.in_block = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.in_block = tag == "script" and attrs.get("type") == "application/ld+json"
        if self.in_block:
            self.blocks.append("")
        elif tag in RUNS or (
            tag == "script" and not (attrs.get("src") or "").startswith(OUR_SCRIPTS)
        ):
            self.alive.append(tag)
        if tag == "meta" and attrs.get("http-equiv"):
            self.alive.append(tag)
        for name, value in attrs.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.alive.append(f"{tag} {name}")
            if name in ADDRESSES and leads_astray(value or ""):
                self.alive.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        if self.in_block:
            self.blocks[-1] += data

    def handle_endtag(self, tag):
        self.in_block = False


def free_texts(model: type[Content]) -> list[models.Field]:
    """Return the fields of `model` in which anything may stand."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not (field.choices or isinstance(field, models.SlugField))
        and field.name not in {"code", "key", "place", "figure", "spelling", "group"}
    ]


@pytest.fixture
def poisoned():
    """Fill the free texts of two records a model; Markdown fields with every payload there is."""
    payloads = cycle(WRITABLE)
    for model in apps.get_models():
        if not issubclass(model, Content):
            continue
        fields = free_texts(model)
        for row in model.objects.order_by("pk")[:2]:
            for field in fields:
                is_markdown = isinstance(field, MarkdownField)
                text = EVERYTHING if is_markdown and row.pk % 2 else next(payloads)
                if field.unique:
                    text = f"{row.pk} {text}"
                setattr(row, field.attname, text[: field.max_length])
            if isinstance(row, Publishable):
                row.reviewed_on = date(2026, 1, 1)
            row.save()


def paths() -> list[str]:
    lists = ["/", "/points/", "/symptoms/", "/tools/", "/yoga/", "/articles/", "/routine/"]
    lists += ["/safety/", "/sources/", "/glossary/", "/about/", "/about/corrections/"]
    pages = [
        page.get_absolute_url()
        for model in page_models()
        for page in model.objects.published().order_by("pk")[:2]
    ]
    return [*lists, *pages]


def test_pages_lists_and_feed_show_them_inert(client, poisoned, django_user_model):
    check_text(EVERYTHING)
    for path in paths():
        seen = Watcher(client.get(path).content.decode())
        assert seen.alive == [], path
        assert all(json.loads(block) for block in seen.blocks)
    for path in ("/feed/", "/sitemap.xml"):
        tree = ElementTree.fromstring(client.get(path).content)  # noqa: S314 (our own answer)
        names = {node.tag.rpartition("}")[2] for node in tree.iter()}
        assert not names & {"script", "svg", "img", "a", "math"}
    client.force_login(django_user_model.objects.create_superuser("editor"))
    for model in apps.get_models():
        if issubclass(model, Content) and admin.site.is_registered(model):
            path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert Watcher(client.get(path).content.decode()).alive == [], path


def test_search_says_them_back_inert(client):
    for text in WRITABLE[::3]:
        page = client.get("/search/", {"q": text}).content.decode()
        assert Watcher(page).alive == [], text


LOOK = """() => ({
    ran: window.ran,
    frames: window.frames.length,
    handlers: [...document.querySelectorAll("*")].flatMap(node => node.getAttributeNames())
        .filter(name => name.startsWith("on")),
    astray: [...document.links].filter(link => !(
        ["mailto:", "tel:"].includes(link.protocol) ||
        (link.host === location.host && ["http:", "https:"].includes(link.protocol)) ||
        /^https?:\\/\\/[^/\\\\]/i.test(link.getAttribute("href"))
    )).map(link => link.outerHTML),
})"""
NOTHING = {"ran": [], "frames": 0, "handlers": [], "astray": []}


def test_nothing_runs_in_a_browser_without_the_content_policy(browser, client, poisoned):
    """Real pages with every payload, as the application answers them in this test."""
    pages = ["/", "/safety/", "/sources/", "/glossary/", "/symptoms/"]
    pages += [
        model.objects.published().order_by("pk").first().get_absolute_url()
        for model in (Article, Point, SuggestedRoutine, Symptom, Tool, YogaPose)
    ]
    pages += [f"/search/?{urlencode({'q': text})}" for text in WRITABLE[:100:9]]
    answers = {path: client.get(path).content for path in pages}
    elsewhere = []

    def answer(route: Route):
        address = urlsplit(route.request.url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        if address.netloc != "testserver":
            elsewhere.append(route.request.url)
            route.abort()
        elif path in answers:
            route.fulfill(body=answers[path], content_type="text/html; charset=utf-8")
        elif file := finders.find(address.path.removeprefix("/static/")):
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

    with browser.new_context(bypass_csp=True, service_workers="block") as context:
        page = context.new_page()
        page.add_init_script("window.ran = []; window.alert = what => window.ran.push(what)")
        page.route("**/*", answer)
        for path in pages:
            page.goto(f"http://testserver{path}")
            assert page.evaluate(LOOK) == NOTHING, path
    assert elsewhere == []
