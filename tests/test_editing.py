"""The editor's Markdown endpoints: staff only, one sentence for every refusal."""

import pytest
from django.core.files.storage import default_storage

from backpain_site.markdown import render
from tests.factories import make_upload

pytestmark = pytest.mark.django_db

ENDPOINTS = {"/admin/markdown/preview/": "content", "/admin/markdown/upload/": "image"}


@pytest.fixture
def reader(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader"))
    return client


@pytest.mark.parametrize("path", ENDPOINTS)
def test_strangers_and_readers_get_403_and_nothing_is_stored(client, path):
    data = {"content": "x", "image": make_upload()}
    response = client.post(path, data)
    # Not a redirect: the editor would show the login page as if it were the preview.
    assert response.status_code == 403
    assert not default_storage.exists("uploads")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_accounts_that_are_not_staff_get_403(reader, path):
    assert reader.post(path, {"content": "x", "image": make_upload()}).status_code == 403
    assert not default_storage.exists("uploads")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_only_posts_are_answered(editor_client, path):
    assert editor_client.get(path).status_code == 405


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


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a picture to upload."),
        ({"image": ""}, "Choose a picture to upload."),
    ],
)
def test_upload_without_a_file_is_explained(editor_client, data, sentence):
    answer = editor_client.post("/admin/markdown/upload/", data)
    assert answer.status_code == 400
    assert answer.json() == {"error": sentence}


def test_upload_of_something_else_is_explained(editor_client):
    answer = editor_client.post("/admin/markdown/upload/", {"image": make_upload("a.png", b"no")})
    assert answer.status_code == 400
    assert "JPEG, PNG, WebP or AVIF" in answer.json()["error"]
    assert not default_storage.exists("uploads")
