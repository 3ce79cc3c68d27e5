"""Names with characters that nobody sees, or far too long: a sentence, never an error page."""

from xml.etree import ElementTree

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from backpain_site.models import Draft
from backpain_site.publishing import page_models
from points.models import Source
from tests.factories import make_tool
from tests.forms import Desk

pytestmark = pytest.mark.django_db

WRONG_NAMES = {
    "NUL": ("Wooden\0spoon", "Character 7 cannot be seen (U+FFFD)"),
    "bell": ("Wooden\aspoon", "Character 7 cannot be seen (U+0007)"),
    "line end": ("Wooden\nspoon", "Character 7 cannot be seen (U+000A)"),
    "right to left": ("Wooden\u202espoon", "Character 7 cannot be seen (U+202E)"),
    "isolate": ("\u2067Wooden spoon", "Character 1 cannot be seen (U+2067)"),
    "10,000 letters": ("W" * 10_000, "at most"),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG_NAMES.values(), ids=WRONG_NAMES)
@pytest.mark.parametrize("model", page_models())
def test_a_wrong_name_waits_as_a_draft_and_is_not_published(editor_client, model, wrong, sentence):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    field = admin.site.get_model_admin(model).title_field
    before = model.objects.count()
    desk = Desk(editor_client, reverse(f"{name}_add"))
    assert desk.press("_save", **{field: wrong}).status_code == 302
    draft = Draft.objects.get()
    assert draft.snapshot["fields"][field] == [wrong.replace("\0", "\ufffd")]
    for kind in ("draft", "draft_page"):
        assert editor_client.get(reverse(f"{name}_{kind}", args=[draft.pk])).status_code == 200
    answer = desk.press("_publish")
    assert sentence in answer.content.decode()
    assert model.objects.count() == before


def test_a_file_with_half_a_character_is_refused_in_a_sentence():
    with pytest.raises(ValidationError) as refused:
        Source(key="half", citation="A \ud800 book", kind="review").full_clean()
    assert refused.value.message_dict["citation"] == [
        "Character 3 cannot be seen (U+D800): delete it."
    ]


@pytest.mark.parametrize("sign", ["\x01", "\x0b", "\x1f", "\x7f", "\u202e", "\ufffe", "\uffff"])
def test_feed_leaves_out_what_xml_cannot_hold(client, sign):
    make_tool(name=f"Wooden{sign} spoon", summary=f"One{sign} line.")
    feed = ElementTree.fromstring(client.get("/feed/").content)  # noqa: S314 (our own answer)
    titles = [node.text for node in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert "Wooden spoon" in titles
