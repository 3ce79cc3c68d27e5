"""Words are explained on the glossary page, and where another page first uses them."""

import re
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from backpain_site.models import Draft, OldAddress
from backpain_site.revisions import content_type_of
from points.glossary import MOST_ON_A_PAGE, current_glossary
from points.models import GlossaryTerm, Point
from tests.factories import make_article, make_term
from tests.forms import form_data

pytestmark = pytest.mark.django_db
BUTTON = re.compile(r'<button class="term" type="button" popovertarget="term-([^"]+)">([^<]+)<')


def explain(html: str) -> str:
    return current_glossary().explain(html)


def explained(html: str) -> list[tuple[str, str]]:
    """Return (slug, the word as it stands) for everything explained in `html`."""
    return BUTTON.findall(explain(html))


class TestThePage:
    def test_lists_published_terms_from_a_to_z_whatever_their_case(self, client):
        make_term("zither")
        make_term("Abc")
        page = client.get("/glossary/").content.decode()
        terms = re.findall(r'<h2 id="([^"]+)">', page)
        terms = [slug for slug in terms if slug != "terms-h"]
        assert (terms[0], terms[-1]) == ("abc", "zither")
        assert terms.index("achilles-tendon") < terms.index("kidney") < terms.index("lumbar")
        assert len(terms) == GlossaryTerm.objects.count()

    def test_a_draft_or_a_term_of_tomorrow_is_nowhere(self, client):
        make_article("About wobbles").sections.update(body_html="<p>A wobble.</p>")
        term = make_term("wobble", status="draft")
        tomorrow = timezone.now() + timedelta(days=1)
        for changes in ({}, {"status": "published", "publish_at": tomorrow}):
            GlossaryTerm.objects.filter(pk=term.pk).update(**changes)
            for path in ("/glossary/", "/articles/about-wobbles/"):
                assert "What wobble means" not in client.get(path).content.decode()
        GlossaryTerm.objects.filter(pk=term.pk).update(publish_at=timezone.now())
        for path in ("/glossary/", "/articles/about-wobbles/"):
            assert "What wobble means" in client.get(path).content.decode()

    def test_a_preview_shows_the_draft_and_no_other_and_leaves_no_trace(self, editor_client):
        other = make_term("jelly", status="draft")
        term = make_term("wobble")
        url = f"/admin/points/glossaryterm/{term.pk}/change/"
        data = form_data(editor_client.get(url).content.decode())
        editor_client.post(url, data | {"short": "Quite new words.", "_save": "1"})
        draft = Draft.objects.get(content_type=content_type_of(GlossaryTerm), object_id=term.pk)
        preview = editor_client.get(f"/admin/points/glossaryterm/drafts/{draft.pk}/page/")
        page = preview.content.decode()
        assert "Quite new words." in page
        assert other.short not in page
        assert "Quite new words." not in editor_client.get("/glossary/").content.decode()
        assert "What wobble means." in explain("<p>wobble</p>")

    def test_a_term_that_moves_on_the_page_leaves_no_old_address(self, editor_client):
        term = make_term("wobble")
        url = f"/admin/points/glossaryterm/{term.pk}/change/"
        data = form_data(editor_client.get(url).content.decode())
        editor_client.post(url, data | {"slug": "jelly", "_publish": "1"})
        term.refresh_from_db()
        assert term.get_absolute_url() == "/glossary/#jelly"
        assert not OldAddress.objects.exists()

    def test_a_term_needs_its_sentence_to_be_published(self):
        assert "short" in make_term("wobble", short="").missing_to_publish()


class TestFirstUse:
    def test_is_explained_and_later_ones_are_not(self):
        html = explain("<p>One cun is not two cun.</p><p>Cun again.</p>")
        assert html.startswith('<p>One <button class="term" type="button" popovertarget="term-cun"')
        assert '<span class="pop" id="term-cun" popover><b>cun: </b>A measure' in html
        assert '<a class="noprint" href="/glossary/#cun">More</a></span> is not two cun.' in html
        assert html.endswith("<p>Cun again.</p>")

    def test_finds_every_spelling_and_the_start_of_a_sentence(self):
        html = "<p>Meridians are lines.</p><ul><li>At L2.</li></ul><dl><dd>Qi</dd></dl>"
        assert explained(html) == [("meridian", "Meridians"), ("lumbar", "L2"), ("qi", "Qi")]

    @pytest.mark.parametrize(
        "html",
        [
            '<p><a href="/x/">cun</a></p>',
            "<h2>cun</h2><h3>cun</h3>",
            '<p><button type="button">cun</button></p>',
            '<section class="care"><p>cun</p><section><p>cun</p></section><p>cun</p></section>',
            '<ul class="cards grid"><li><p>cun</p></li></ul>',
            '<p><span lang="zh-Latn">cun</span></p>',
            "<p title=\"a > cun\" data-x='cun > cun'>x</p>",
            '<p><img alt="One cun" src="x"></p>',
            "<!-- <p>don't cun --><div>cun</div>",
            '<svg><text>cun</text></svg><script type="application/ld+json">"cun"</script>',
            "<form><p>cun</p><label>cun</label></form><aside><p>cun</p></aside>",
            '<dl class="facts"><dt>cun</dt></dl><header><p>cun</p></header>',
            "<p>cuneiform, L23, a-cun, &cun; x/cun, Qin, cun-like, CUN</p>",
            "cun",
            "<p>never <b",
            "",
        ],
    )
    def test_elsewhere_than_in_a_text_is_left_alone(self, html):
        assert explain(html) == html

    def test_after_a_part_that_is_passed_over_goes_on(self):
        html = '<div class="card"><div>cun</div></div><p>a <b title="1 > 0">cun</b></p>'
        assert explained(html) == [("cun", "cun")]
        assert explain(html).startswith('<div class="card"><div>cun</div></div><p>a <b title=')

    def test_entities_stay_what_they_were(self):
        html = explain("<p>&lt;b&gt; &amp; cun&nbsp;&quot;</p>")
        assert html.startswith("<p>&lt;b&gt; &amp; <button")
        assert html.endswith("</span>&nbsp;&quot;</p>")

    def test_what_an_editor_writes_is_shown_not_obeyed(self):
        make_term("a&b", slug="a-b", short="<script>alert(1)</script>", other_spellings="wobble")
        html = explain("<p>wobble</p>")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "<script" not in html

    def test_at_most_six_words_are_marked(self):
        terms = [make_term(f"wobble{letter}") for letter in "abcdefgh"]
        html = "".join(f"<p>{term.term}</p>" for term in terms)
        assert len(explained(html)) == MOST_ON_A_PAGE == 6
        assert len(explained("<p>" + " ".join(term.term for term in terms) + "</p>")) == 6

    def test_words_that_most_readers_know_are_only_on_the_page(self):
        make_term("wobble", explain=False)
        assert explained("<p>wobble, tradition, cun</p>") == [("cun", "cun")]

    def test_changes_show_on_the_next_page(self):
        term = make_term("wobble")
        assert "What wobble means." in explain("<p>wobble</p>")
        term.short = "Something else."
        term.save()
        assert "Something else." in explain("<p>wobble</p>")
        term.delete()
        assert explain("<p>wobble</p>") == "<p>wobble</p>"


class TestOnPages:
    def test_key_terms_of_tradition_are_explained_in_the_guide(self, client):
        found = [slug for slug, _word in BUTTON.findall(client.get("/").content.decode())]
        assert {"qi", "meridian"} <= set(found)
        assert len(found) == len(set(found)) <= MOST_ON_A_PAGE

    def test_a_point_explains_its_measure(self, client):
        assert ("cun", "cun") in BUTTON.findall(client.get("/points/bl23/").content.decode())

    def test_a_word_is_explained_where_a_point_is_found(self, client):
        page = client.get("/points/bl53/").content.decode()
        checks = page.partition('id="find-it"')[2].partition("<h2")[0]
        assert ("sacrum", "sacrum") in BUTTON.findall(checks)

    def test_no_page_of_a_point_marks_more_than_six_words(self, client):
        for point in Point.objects.published():
            found = BUTTON.findall(client.get(point.get_absolute_url()).content.decode())
            assert len(found) == len(set(found)) <= MOST_ON_A_PAGE, point

    def test_words_that_a_reader_searched_for_are_said_back_unmarked(self, client):
        page = client.get("/search/", {"q": "siatica"}).content.decode()
        assert "We searched for <b>sciatica</b>" in page
        assert BUTTON.findall(page) == []

    def test_costs_one_small_query(self, django_assert_num_queries):
        page = Template("{% load points %}{% explained %}<p>cun</p>{% endexplained %}")
        with django_assert_num_queries(1):
            assert "term-cun" in page.render(Context())
