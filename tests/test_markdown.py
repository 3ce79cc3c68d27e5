"""Markdown is safe on a page as it comes out, for preview and page alike."""

import io
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from backpain_site.images import picture_html
from backpain_site.markdown import render
from points.models import CautionGroup, Source

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<math><mtext></mtext><mglyph><style></style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](javascript:alert(1))",
    '![x](x" onerror="alert(1))',
    '[x](/a "onmouseover=alert(1)")',
    "<style>body{display:none}</style>",
    '<p style="position:fixed">x</p>',
    "```html\n<script>alert(1)</script>\n```",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<!-- --><script>alert(1)</script>",
    "<form action=/admin/><button>x</button></form>",
    "\0<script\0>alert(1)</script>",
]
ALLOWED = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"),
    *(
        "strong",
        "em",
        "code",
        "pre",
        "a",
        "img",
        "picture",
        "source",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ),
}


class Inspector(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


ATTRIBUTES = {
    *("href", "src", "title", "alt", "loading", "start", "width", "height"),
    *("srcset", "sizes", "type"),
}


def assert_harmless(html: str):
    for tag, attributes in Inspector(html).tags:
        assert tag in ALLOWED
        assert set(attributes) <= ATTRIBUTES
        assert attributes.get("srcset", "/media/").startswith("/media/")
        scheme = attributes.get("href", "").partition(":")[0].strip().lower()
        assert scheme not in {"javascript", "data", "vbscript"}
        assert attributes.get("src", "/media/").startswith(("/media/", "/static/"))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text):
    assert_harmless(render(text))


@given(st.text(alphabet=st.sampled_from("<>[]()!\"'`*_#&;:/ =\n\0ajvscriptonloerdh1")))
def test_no_text_makes_live_markup(text):
    assert_harmless(render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and _soft_", "<p><strong>bold</strong> and <em>soft</em></p>"),
        ("# Title", "<h3>Title</h3>"),
        ("## Part", "<h3>Part</h3>"),
        ("#### Small", "<h4>Small</h4>"),
        ("[BL40](/points/bl40/)", '<p><a href="/points/bl40/">BL40</a></p>'),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_what_editors_write_comes_out_as_meant(text, html):
    assert render(text).strip() == html


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("![Knee](/media/uploads/a.webp)", {"src": "/media/uploads/a.webp", "alt": "Knee"}),
        ("![Spy](https://example.org/a.png)", {"alt": "Spy"}),
    ],
)
def test_pictures_are_our_own_and_load_late(text, attributes):
    assert Inspector(render(text)).tags == [("p", {}), ("img", attributes | {"loading": "lazy"})]


def test_a_picture_of_the_library_comes_in_a_fitting_size_with_its_words():
    html = render('See ![A \\[red\\] **knee**](/media/pictures/abc-900x600.webp "Hi")').strip()
    shown = picture_html("pictures/abc-900x600.webp", "A [red] knee", loading="lazy", title="Hi")
    assert "abc-900x600.400.avif 400w" in html
    assert Inspector(html).tags == [("p", {}), *Inspector(shown).tags]


def test_a_picture_alone_shows_its_credit_below():
    html = render('Before.\n\n![Knee](/media/pictures/abc-900x600.webp "Us & <b>them</b>")')
    assert "</picture><figcaption>Us &amp; &lt;b&gt;them&lt;/b&gt;</figcaption></figure>" in html
    assert html.startswith("<p>Before.</p>\n<figure><picture>")
    assert "title=" not in html


def test_tables_are_kept():
    assert "<th>Name</th>" in render("| Name |\n|---|\n| BL40 |")


@pytest.mark.django_db
def test_page_shows_what_the_preview_showed(editor_client):
    """The HTML column is written at save, by the renderer of the preview."""
    text = "Ask **first**. <script>alert(1)</script>"
    group = CautionGroup.objects.create(name="Test", short_name="Test", slug="test", advice=text)
    preview = editor_client.post("/admin/markdown/preview/", {"content": text}).content.decode()
    assert group.advice_html == preview
    assert CautionGroup.objects.get(pk=group.pk).advice_html == preview


@pytest.mark.django_db
def test_plain_fields_are_escaped_on_the_page(client):
    Source.objects.create(key="evil", citation="<b>Evil</b>, 2026", kind="review")
    page = client.get("/sources/").content.decode()
    assert "&lt;b&gt;Evil" in page


@pytest.mark.django_db
def test_rerender_writes_what_an_older_renderer_left():
    group = CautionGroup.objects.first()
    fresh = group.advice_html
    CautionGroup.objects.filter(pk=group.pk).update(advice_html="<p>old</p>")
    out = io.StringIO()
    call_command("rerender", stdout=out)
    group.refresh_from_db()
    assert group.advice_html == fresh
    assert out.getvalue() == "Rendered anew: 1 records.\n"
