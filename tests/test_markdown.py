"""Markdown is safe on a page as it comes out, for preview and page alike."""

import io
import sys
from html import unescape
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from backpain_site.images import picture_html
from backpain_site.markdown import MarkdownField, RenderedField, check_text, render
from points.models import CautionGroup, Source
from tests.payloads import PAYLOADS, leads_astray

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"),
    *("strong", "em", "code", "pre", "a", "figure", "figcaption", "img", "picture", "source"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *("href", "src", "title", "alt", "loading", "start", "width", "height"),
    *("srcset", "sizes", "type"),
}
FIELDS = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, RenderedField)
]


class Inspector(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def is_harmless(html: str) -> bool:
    return all(
        tag in TAGS
        and set(attributes) <= ATTRIBUTES
        and attributes.get("srcset", "/media/").startswith("/media/")
        and attributes.get("src", "/media/").startswith(("/media/", "/static/"))
        and not leads_astray(attributes.get("href", ""))
        for tag, attributes in Inspector(html).tags
    )


def test_nothing_hostile_survives():
    assert [text for text in PAYLOADS if not is_harmless(render(text))] == []


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=str)
def test_every_field_is_written_by_the_one_renderer(model, field):
    for text in PAYLOADS[::20]:
        assert field.pre_save(model(**{field.source: text}), add=True) == render(text)


def test_every_markdown_field_has_its_html():
    markdown = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, MarkdownField)
    }
    assert markdown == {(model, field.source) for model, field in FIELDS}


@given(st.text(alphabet=st.sampled_from("<>[]()!\"'`*_#&;:/ =\n\0ajvscriptonloerdh1")))
def test_no_text_makes_live_markup(text):
    assert is_harmless(render(text))


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
    "address",
    [
        *("/points/bl40/", "/points/?area=knee#map", "#pain", "?q=a:b", "bl40/", "/a:b/"),
        *("https://www.who.int/", "HTTP://example.org", "mailto:desk@example.org", "tel:112"),
        *("https://example.org:8443/@name?to=a@b", "https://example.org?q=1", "https://[::1]/"),
        "mailto:desk@example.org?subject=Hi&body=Line%20one%0D%0ALine%20two",
    ],
)
def test_links_that_say_where_they_lead_are_kept(address):
    assert Inspector(render(f"[x]({address})")).tags[1] == ("a", {"href": address})


@pytest.mark.parametrize(
    "address",
    [
        *("//evil.example", "https:evil.example", "ftp://evil.example"),
        *("https://who.int@evil.example/", "https://who.int:x@evil.example"),
        *("mailto:a@b.example%0ABcc:c@d.example", "mailto:a@b.example?subject=%0d%0aBcc:c@d.eu"),
        "mailto:a@b.example?body=x&cc=c@d.eu%0aBcc:e@f.eu",
    ],
)
def test_links_that_hide_where_they_lead_are_shown_as_typed(address):
    assert unescape(render(f"[x]({address})")) == f"<p>[x]({address})</p>\n"


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


SLOW = {
    "characters": ("a" * 30_001, "too long: at most 30,000 characters"),
    "lines": ("a\n" * 2_000, "too many lines: at most 2,000"),
    "lines of a Mac": ("a\r" * 2_000, "too many lines: at most 2,000"),
    "wide table": ("a|" * 700 + "\n" + "-|" * 700 + "\n" + "a\n" * 7, "at most 5,000 cells"),
    "table of bars": ("|a" * 99 + "\n" + "|-" * 99 + "\n" + "|\n" * 99, "at most 5,000 cells"),
    "quoted table": ("> |a|\n> |-" + "|-" * 99 + "\n" + "> a\n" * 60, "at most 5,000 cells"),
    "quotations": (">" * 14 + " a", "at most six deep"),
    "lists": ("- " * 7 + "a", "at most six deep"),
    "numbered lists": ("1. " * 500 + "a", "at most six deep"),
    "lists by indentation": ("".join("  " * n + "- a\n" for n in range(7)), "at most six deep"),
    "both": ("> - " * 5 + "a", "at most six deep"),
    "references": ("[a]: " + "b" * 1_000 + "\n\n" + "[a]" * 300, "repeat a long address"),
    "titles": ("[a]: b '" + "c" * 1_000 + "'\n\n" + "[a]" * 300, "repeat a long address"),
}


@pytest.mark.parametrize(("text", "sentence"), SLOW.values(), ids=SLOW)
def test_what_would_take_long_is_refused_and_shown_as_typed(text, sentence):
    with pytest.raises(ValidationError) as refused:
        check_text(text)
    assert len(refused.value.messages) == 1
    assert sentence in refused.value.messages[0]
    assert render(text).startswith("<pre>")


@pytest.mark.django_db
def test_the_preview_says_why_it_shows_nothing(editor_client):
    preview = editor_client.post("/admin/markdown/preview/", {"content": "- " * 7 + "a"})
    assert preview.status_code == 400
    assert preview.content.decode() == (
        '<p class="errornote">Lists and quotations stand inside each other: at most six deep.</p>'
    )


@pytest.mark.django_db
def test_the_form_says_why_beside_the_field(editor_client):
    form = {
        "name": "Test",
        "short_name": "Test",
        "slug": "test",
        "order": 9,
        "advice": "a\n" * 3000,
    }
    answer = editor_client.post("/admin/points/cautiongroup/add/", form)
    errors = answer.context["adminform"].form.errors
    assert errors["advice"] == ["This text has too many lines: at most 2,000."]


@pytest.mark.parametrize("text", ["- " * 6 + "deep", ">" * 12 + " deep", "> - " * 4 + "deep"])
def test_nothing_of_a_text_that_is_taken_gets_lost(text):
    check_text(text)
    assert "deep" in render(text)


def steps(text: str) -> int:
    """Return how many functions are called while `text` is rendered."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        render(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "![", "[]", "[a](", "[a](<b", "[a][", "](", "[a](b", "[a](b)", "[\\", "<b>", "<"),
        *("<a ", "<!--", "<![CDATA[", "<?", "</", "<a@b.", "<a:b>", "&", "&amp;", "&#1;", "&a"),
        *(
            "*",
            "*a ",
            "a**b",
            "*a _b ",
            "_a*",
            "a**b c* ",
            "_",
            "`a ",
            "` `` ",
            "\\",
            "# ",
            "~",
            "|",
        ),
        *("a ", "\t", "é", "\0", "(", '[a](b "', "![a](/media/pictures/abc-9x9.webp)", "**a *b "),
    ],
)
def test_time_grows_with_the_length_only(piece):
    """Twice the text takes about twice the steps; of what is quadratic it would be four times."""
    once, twice = (steps(piece * (length // len(piece))) for length in (2_000, 4_000))
    assert twice < 2.5 * once


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
