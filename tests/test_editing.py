"""The editor's Markdown endpoints: staff only, one sentence for every refusal."""

from html import unescape

import pytest
from django.core.files.storage import default_storage

from articles.models import Picture
from backpain_site.markdown import render
from tests.factories import make_upload

pytestmark = pytest.mark.django_db

ENDPOINTS = {"/admin/markdown/preview/": "content", "/admin/markdown/upload/": "image"}


def picture_form(**values) -> dict:
    """Return what the dialog posts."""
    form = {"image": make_upload(), "alt_text": "A knee", "credit": "Us", "kind": "photo"}
    return form | values


@pytest.fixture
def reader(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader"))
    return client


@pytest.mark.parametrize("path", ENDPOINTS)
def test_strangers_and_readers_get_403_and_nothing_is_stored(client, path):
    data = {"content": "x", **picture_form()}
    response = client.post(path, data)
    # Not a redirect: the editor would show the login page as if it were the preview.
    assert response.status_code == 403
    assert not default_storage.exists("pictures")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_accounts_that_are_not_staff_get_403(reader, path):
    assert reader.post(path, {"content": "x", **picture_form()}).status_code == 403
    assert not Picture.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_editors_who_may_not_add_pictures_cannot_upload(client, django_user_model, method):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
    answer = getattr(client, method)("/admin/markdown/upload/", picture_form())
    assert answer.status_code == 403
    assert not Picture.objects.exists()


def test_preview_answers_posts_only(editor_client):
    assert editor_client.get("/admin/markdown/preview/").status_code == 405


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_forged_form_of_another_site_is_refused(django_user_model, path):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(django_user_model.objects.create_superuser("editor"))
    assert client.post(path, {"content": "x", "image": make_upload()}).status_code == 403


def test_preview_renders_like_the_page(editor_client):
    answer = editor_client.post("/admin/markdown/preview/", {"content": "**hi** <b>x</b>"})
    assert answer.content.decode() == "<p><strong>hi</strong> &lt;b&gt;x&lt;/b&gt;</p>\n"


@pytest.mark.parametrize("data", [{}, {"content": ""}])
def test_preview_of_nothing_is_nothing(editor_client, data):
    assert editor_client.post("/admin/markdown/preview/", data).content == b""


def test_half_a_character_is_shown_as_a_question_mark():
    assert render("a \ud800 b") == "<p>a ? b</p>\n"


def test_upload_puts_the_picture_into_the_library_and_its_words_into_the_text(editor_client):
    words = "A [left] knee_cap_ & *hand* <b> \\ `x` !"
    form = picture_form(alt_text=words, credit='Us, "CC BY"')
    answer = editor_client.post("/admin/markdown/upload/", form)
    picture = Picture.objects.get()
    assert (picture.alt_text, picture.credit, picture.kind) == (words, 'Us, "CC BY"', "photo")
    html = render(answer.json()["image_code"])
    assert f'alt="{words}"' in unescape(html)
    assert '<figcaption>Us, "CC BY"</figcaption>' in unescape(html)
    assert f"/media/{picture.image.name.removesuffix('.webp')}.60.avif 60w" in html


def test_a_decorative_picture_says_nothing(editor_client):
    form = picture_form(alt_text="", decorative="on")
    code = editor_client.post("/admin/markdown/upload/", form).json()["image_code"]
    assert code == f'![](/media/{Picture.objects.get().image.name} "Us")'


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"image": ""}, "image", "Choose a picture to upload."),
        ({"image": b"no"}, "image", "Use JPEG, PNG, WebP or AVIF."),
        ({"alt_text": ""}, "alt_text", "Describe the picture, or tick decorative"),
        ({"decorative": "on"}, "alt_text", "Describe the picture, or tick decorative"),
        ({"credit": ""}, "credit", "Say who made the picture"),
        ({"kind": ""}, "kind", "Say what kind of picture it is."),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(editor_client, values, field, sentence):
    if isinstance(values.get("image"), bytes):
        values = {"image": make_upload("a.png", values["image"])}
    answer = editor_client.post("/admin/markdown/upload/", picture_form(**values))
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert sentence in answer.json()["error"]
    assert not Picture.objects.exists()
    assert not default_storage.exists("pictures")


def test_all_that_is_missing_is_said_at_once(editor_client):
    answer = editor_client.post("/admin/markdown/upload/", {}).json()
    assert answer["field"] == "image"
    assert answer["error"].split("\n") == [
        "Choose a picture to upload.",
        "Say who made the picture, and under which licence.",
        "Say what kind of picture it is.",
        "Describe the picture, or tick decorative: one of the two.",
    ]
