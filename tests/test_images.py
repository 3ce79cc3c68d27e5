"""Uploads: what is let in comes out upright, small, nameless and free of metadata."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from articles.models import Picture
from backpain_site.images import check_upload, reencode
from tests.factories import make_upload
from tests.pictures import encoded, png, png_claiming, sideways_jpeg

GIF = encoded(kind="GIF")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


def opened(content) -> Image.Image:
    return Image.open(io.BytesIO(content.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_formats_are_taken(kind):
    upload = make_upload("photo.bin", encoded(kind=kind))
    check_upload(upload)
    assert opened(reencode(upload)).format == "WEBP"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"<html>hello</html>", "not a picture"),
        (SVG, "not a picture"),
        (GIF, "not a picture"),
        (png()[:60], "not a picture"),
        (sideways_jpeg()[:300], "not a picture"),
        (png_claiming(30_000, 30_000), "too many pixels"),
        (png_claiming(8_000, 6_000), "too many pixels"),
        (png_claiming(20_000, 10), "too many pixels"),
        (b"\0" * (10 * 1024 * 1024 + 1), "too large"),
    ],
    ids=["empty", "html", "svg", "gif", "cut png", "cut jpeg", "bomb", "48 MP", "strip", "11 MB"],
)
def test_the_rest_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        check_upload(make_upload("photo.png", content))


def test_a_phone_portrait_stands_upright_without_its_place():
    picture = opened(reencode(make_upload("photo.jpg", sideways_jpeg((60, 40)))))
    assert picture.size == (40, 60)
    assert not picture.getexif()


def test_wide_pictures_are_made_smaller():
    assert opened(reencode(make_upload("wide.png", png((3000, 30))))).size == (2400, 24)


def test_tall_pictures_are_made_smaller():
    assert opened(reencode(make_upload("tall.png", png((30, 12_000))))).size == (24, 9600)


def test_the_name_of_the_sender_is_forgotten():
    name = reencode(make_upload("../evil.html")).name
    assert name.endswith(".webp")
    assert "evil" not in name
    assert name != reencode(make_upload("../evil.html")).name


@pytest.mark.django_db
class TestPicture:
    def make(self, **values) -> Picture:
        defaults = {"alt_text": "A knee", "credit": "Us", "kind": "photo", "image": make_upload()}
        picture = Picture(**(defaults | values))
        picture.full_clean()
        picture.save()
        return picture

    def test_is_stored_anew_with_its_size(self):
        picture = self.make(image=make_upload("x.jpg", sideways_jpeg((60, 40))))
        picture.refresh_from_db()
        assert (picture.width, picture.height) == (40, 60)
        with picture.image.open() as file:
            assert opened(file).format == "WEBP"

    def test_a_broken_file_is_explained_at_its_field(self):
        with pytest.raises(ValidationError) as error:
            self.make(image=make_upload("x.jpg", b"nothing"))
        assert "not a picture we can read" in error.value.message_dict["image"][0]

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"alt_text": ""}, "Describe the picture, or tick decorative"),
            ({"decorative": True}, "Describe the picture, or tick decorative"),
            ({"kind": "computer_made", "purpose": "location"}, "the place must be true"),
        ],
    )
    def test_rules(self, values, sentence):
        with pytest.raises(ValidationError, match=sentence):
            self.make(**values)


@pytest.mark.django_db
class TestServing:
    def test_upload_is_served_as_a_picture_that_can_run_nothing(self, editor_client, client):
        answer = editor_client.post("/admin/markdown/upload/", {"image": make_upload("a.html")})
        code = answer.json()["image_code"]
        address = code.partition("(")[2].rstrip(")")
        response = client.get(address)
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response.streaming_content)[:4] == b"RIFF"

    @pytest.mark.parametrize(
        "path",
        [
            "/media/../secret_key",
            "/media/%2e%2e/secret_key",
            "/media/secret_key",
            "/media/uploads/",
            "/media/page.html",
            "/media/..%2f..%2fmanage.py",
            f"/media/{'a' * 300}.webp",
            "/media/a%00.webp",
        ],
    )
    def test_nothing_else_is_served(self, client, settings, path):
        settings.MEDIA_ROOT.mkdir()
        (settings.MEDIA_ROOT / "page.html").write_text("<script>alert(1)</script>")
        (settings.MEDIA_ROOT.parent / "secret_key").write_text("hush")
        response = client.get(path)
        assert response.status_code == 404
        assert b"hush" not in response.content
