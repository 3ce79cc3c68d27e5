"""Fifty kinds of file at the two doors: what is taken is only pixels, the rest gets a sentence."""

import io
import re
import struct
import zipfile
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from articles.models import Picture
from backpain_site.images import files
from tests.factories import make_upload
from tests.pictures import (
    chunk,
    encoded,
    moving,
    pixels,
    png,
    png_claiming,
    png_of,
    sideways_jpeg,
)

pytestmark = pytest.mark.django_db

SCRIPT = b"<script>alert(1)</script>"
WORDS = {"alt_text": "A knee", "credit": "Us", "kind": "photo"}
FORM = WORDS | {"purpose": "illustration", "focus_x": 50, "focus_y": 50}


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("alert.html", SCRIPT)
    return buffer.getvalue()


def packed(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def profile(colours: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(colours)).tobytes()


def after(start: int, extra: bytes, content: bytes) -> bytes:
    return content[:start] + extra + content[start:]


def many_scans() -> bytes:
    content = encoded(kind="JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * 50 + b"\xff\xd9"


JPEG, PNG, GIF = encoded(kind="JPEG"), png(), encoded(kind="GIF")
WEBP, AVIF = encoded(kind="WEBP"), encoded(kind="AVIF")
NO_EXIF = b"Exif\0\0no such thing"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>alert(1)</x:xmpmeta>"

TAKEN = {
    "JPEG": JPEG,
    "progressive JPEG": encoded(kind="JPEG", progressive=True),
    "grey JPEG": encoded(kind="JPEG", mode="L"),
    "CMYK JPEG": encoded(kind="JPEG", mode="CMYK"),
    "CMYK JPEG with another profile": encoded(
        kind="JPEG", mode="CMYK", icc_profile=profile("sRGB")
    ),
    "JPEG with a profile": encoded(kind="JPEG", icc_profile=profile("sRGB")),
    "JPEG with a profile of Lab": encoded(kind="JPEG", icc_profile=profile("LAB")),
    "JPEG with a script for a profile": encoded(kind="JPEG", icc_profile=SCRIPT * 9),
    "JPEG with a place": sideways_jpeg(),
    "JPEG with broken notes": encoded(kind="JPEG", exif=NO_EXIF),
    "JPEG with a comment": encoded(kind="JPEG", comment=SCRIPT),
    "JPEG with XMP": encoded(kind="JPEG", xmp=XMP),
    "JPEG and archive": JPEG + zipped(),
    "JPEG and page": JPEG + SCRIPT,
    "JPEG with a second view": moving("MPO"),
    "PNG": PNG,
    "PNG of one bit": encoded(mode="1"),
    "grey PNG": encoded(mode="L"),
    "grey PNG, see-through": encoded(mode="LA"),
    "PNG with a palette": encoded(mode="P"),
    "PNG with a palette, see-through": encoded(mode="P", transparency=0),
    "PNG, see-through": encoded(mode="RGBA"),
    "PNG with a see-through colour and a profile": encoded(
        transparency=(1, 2, 3), icc_profile=profile("sRGB")
    ),
    "PNG of 16 bits": png_of(pixels(bytes_a_pixel=6), depth=16),
    "PNG with a page": png_of(chunk(b"tEXt", b"x\0" + SCRIPT), pixels()),
    "PNG with a packed page": png_of(chunk(b"zTXt", b"x\0\0" + zlib.compress(SCRIPT)), pixels()),
    "PNG with unknown parts": png_of(chunk(b"scRp", SCRIPT), pixels()),
    "PNG with broken notes": encoded(exif=NO_EXIF),
    "PNG and archive": PNG + zipped(),
    "WebP": WEBP,
    "WebP without loss": encoded(kind="WEBP", lossless=True),
    "WebP, see-through": encoded(kind="WEBP", mode="RGBA"),
    "WebP with XMP": encoded(kind="WEBP", xmp=XMP),
    "WebP with a script for a profile": encoded(kind="WEBP", icc_profile=SCRIPT * 9),
    "WebP with broken notes": encoded(kind="WEBP", exif=NO_EXIF),
    "WebP and page": WEBP + SCRIPT,
    "AVIF": AVIF,
    "AVIF, see-through": encoded(kind="AVIF", mode="RGBA"),
    "AVIF with XMP": encoded(kind="AVIF", xmp=XMP),
    "AVIF and page": AVIF + SCRIPT,
    "GIF": GIF,
    "GIF, see-through": encoded(kind="GIF", mode="P", transparency=0),
    "moving GIF": moving("GIF"),
    "GIF and script": GIF + b"=1;alert(1)//",
    "one pixel": png((1, 1)),
    "strip": png((16_000, 1)),
}

UNREADABLE = "This file is not a picture we can read. Use JPEG, PNG, WebP or AVIF."
REFUSED = {
    "nothing": (b"", "The submitted file is empty."),
    "text": (b"A knee.", UNREADABLE),
    "page": (b"<!DOCTYPE html>" + SCRIPT, UNREADABLE),
    "archive": (zipped(), UNREADABLE),
    "SVG": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "SVG drawings are not taken"),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(100), "This is a HEIC picture"),
    "film": (b"\0\0\0\x18ftypisom" + bytes(100), UNREADABLE),
    "PDF": (encoded(kind="PDF"), UNREADABLE),
    "EPS": (encoded(kind="EPS"), UNREADABLE),
    "TIFF": (encoded(kind="TIFF"), UNREADABLE),
    "BMP": (encoded(kind="BMP"), UNREADABLE),
    "ICO": (encoded(kind="ICO"), UNREADABLE),
    "JPEG 2000": (encoded(kind="JPEG2000"), UNREADABLE),
    "PSD": (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 40, 60, 8, 3), UNREADABLE),
    "WMF": (b"\xd7\xcd\xc6\x9a\0\0" + bytes(100), UNREADABLE),
    "half a JPEG": (JPEG[: len(JPEG) // 2], UNREADABLE),
    "half a PNG": (PNG[: len(PNG) // 2], UNREADABLE),
    "half a WebP": (WEBP[: len(WEBP) // 2], UNREADABLE),
    "half an AVIF": (AVIF[: len(AVIF) // 2], UNREADABLE),
    "half a GIF": (GIF[:20], UNREADABLE),
    "start of a JPEG": (b"\xff\xd8\xff\xe0", UNREADABLE),
    "PNG with a wrong sum": (PNG[:29] + b"\0\0\0\0" + PNG[33:], UNREADABLE),
    "PNG of no pixels": (png_of(), UNREADABLE),
    "moving PNG": (moving("PNG"), "This picture moves"),
    "moving WebP": (moving("WEBP"), "This picture moves"),
    "moving AVIF": (moving("AVIF"), "This picture moves"),
    "bomb": (png_claiming(15_000, 15_000), "too many pixels: at most 40 million"),
    "41 million": (png_claiming(8_000, 5_125), "too many pixels: at most 40 million"),
    "long JPEG": (encoded((65_500, 1), "JPEG"), "too long: at most 16,000 pixels a side"),
    "large GIF": (GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:], "too many pixels: at most 40 million"),
    "bomb in a text": (png_of(chunk(b"zTXt", b"x\0\0" + packed(99_999_999)), pixels()), UNREADABLE),
    "bomb in a profile": (
        png_of(chunk(b"iCCP", b"x\0\0" + packed(99_999_999)), pixels()),
        UNREADABLE,
    ),
    "PNG of many parts": (png_of(chunk(b"aaAa", b"") * 60_000, pixels()), UNREADABLE),
    "JPEG of many parts": (after(2, b"\xff\xfe\0\2" * 60_000, JPEG), UNREADABLE),
    "JPEG of many scans": (many_scans(), "made of too many layers"),
    "11 MB": (JPEG + bytes(10 * 1024 * 1024), "This file is too large: at most 10 MB."),
}

NAMES = [
    *(b"../../x.png", b"/etc/passwd", b"..\\..\\x.png", b"C:\\x.png", b"x.php.jpg", b"x.svg"),
    *(b".htaccess", b"a\0.png", b"a\x1b[31m.png", "\u202egnp.exe".encode(), "膝.png".encode()),
    *(b"%2e%2e%2fx.png", b"<img src=x onerror=alert(1)>.png", b"'; --.png", b"x" * 90 + b".png"),
]


def assert_pixels_only(picture: Picture):
    there = {f"pictures/{name}" for name in default_storage.listdir("pictures")[1]}
    assert there == set(files(picture.image.name))
    for name in there:
        assert re.fullmatch(r"pictures/[0-9a-f]{16}-\d+x\d+(\.\d+)?\.(webp|avif)", name)
        with default_storage.open(name) as file:
            content = file.read()
        image = Image.open(io.BytesIO(content))
        assert image.format == name.rpartition(".")[2].upper()
        assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
        for foreign in (b"alert", b"ICCP", b"EXIF", b"Exif", b"xmp", b"PK\3\4"):
            assert foreign not in content


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN)
def test_what_is_taken_is_only_pixels(editor_client, content):
    upload = {"image": make_upload("photo.bin", content)}
    answer = editor_client.post("/admin/markdown/upload/", WORDS | upload)
    assert "/media/pictures/" in answer.json()["image_code"]
    assert_pixels_only(Picture.objects.get())


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_the_rest_is_refused_with_the_same_sentence_at_both_doors(editor_client, content, sentence):
    upload = {"image": make_upload("photo.png", content)}
    answer = editor_client.post("/admin/markdown/upload/", WORDS | upload)
    assert answer.status_code == 400
    assert answer.json()["field"] == "image"
    assert sentence in answer.json()["error"]
    upload = {"image": make_upload("photo.png", content)}
    answer = editor_client.post("/admin/articles/picture/add/", FORM | upload)
    assert answer.context["adminform"].form.errors == {"image": [answer_of(answer)]}
    assert sentence in answer_of(answer)
    assert not default_storage.exists("pictures")


def answer_of(answer) -> str:
    return answer.context["adminform"].form.errors["image"][0]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_the_sender_is_forgotten(editor_client, name):
    fields = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (key.encode(), value)
        for key, value in ((key, value.encode()) for key, value in WORDS.items())
    )
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="%s"\r\n' % name
    kind = b"Content-Type: text/html\r\n\r\n"
    body = fields + head + kind + PNG + b"\r\n--x--\r\n"
    answer = editor_client.post(
        "/admin/markdown/upload/", body, content_type="multipart/form-data; boundary=x"
    )
    assert "/media/pictures/" in answer.json()["image_code"], answer.content
    assert_pixels_only(Picture.objects.get())


def test_sixteen_bits_of_grey_keep_their_light(editor_client):
    grey = io.BytesIO()
    Image.new("I;16", (60, 40), 0x4000).save(grey, "PNG")
    upload = {"image": make_upload("photo.png", grey.getvalue())}
    editor_client.post("/admin/markdown/upload/", WORDS | upload)
    with default_storage.open(Picture.objects.get().image.name) as file:
        assert Image.open(file).convert("L").getpixel((30, 20)) == pytest.approx(0x40, abs=2)


@pytest.mark.parametrize("mode", ["RGB", "P"])
def test_colours_beyond_srgb_are_brought_into_it(editor_client, mode):
    """A profile that swaps two colours: what was stored as green is shown as red."""
    swapped = bytearray(profile("sRGB"))
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    stored = io.BytesIO()
    picture = Image.new("RGB", (60, 40), (0, 255, 0)).convert(mode)
    picture.save(stored, "PNG", icc_profile=bytes(swapped))
    upload = {"image": make_upload("photo.png", stored.getvalue())}
    editor_client.post("/admin/markdown/upload/", WORDS | upload)
    with default_storage.open(Picture.objects.get().image.name) as file:
        red, green, _blue = Image.open(file).convert("RGB").getpixel((30, 20))
        assert red > 200 > 50 > green
