"""Uploaded pictures: refused when unsafe, otherwise decoded, encoded anew and made smaller.

The name of a stored picture says its size (`pictures/3fa…-2400x1800.webp`), and the names of its
renditions follow from it (`pictures/3fa…-2400x1800.400.avif`). Whoever knows the name knows every
file, with no row to read. Names are new for every upload, so an address never changes its content.
"""

import io
import re
import secrets
import threading
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageCms

# Of a GIF the first frame is taken.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# Wider than any column of the site at twice the pixel density.
MAX_WIDTH = 2400
MAX_HEIGHT = 4 * MAX_WIDTH
# WebP holds 16,383 a side, and a thin strip costs memory beyond its pixels.
LONGEST_SIDE = 16_000
# Each scan of a JPEG goes over all its pixels; cameras and programs write ten or so.
MOST_SCANS = 40
START_OF_SCAN = b"\xff\xda"
# A file of ten million bytes can be two million parts that say nothing.
MOST_READS = 50_000
# What is kept to show and to derive from.
MASTER = {"format": "WEBP", "quality": 82, "method": 4}
# Other widths mean other names: pictures stored before must then be uploaded again.
WIDTHS = (400, 800, 1200)
# The first format a browser knows is the one it loads.
RENDITIONS = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 8},
    "webp": {"format": "WEBP", "quality": 74, "method": 4},
}
# How texts name uploads, wherever these are kept and whoever serves them.
ADDRESS = "/media/"
MEDIA_TYPES = {".avif": "image/avif", ".webp": "image/webp"}
NAME = re.compile(r"pictures/[0-9a-f]+-(?P<width>\d+)x(?P<height>\d+)\.webp")
# The column of text, on a phone the screen without its margins.
COLUMN = "(min-width: 44rem) 40rem, calc(100vw - 2.25rem)"

# How to turn what a camera held otherwise, by the number that it noted.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

NOT_A_PICTURE = _("This file is not a picture we can read. Use JPEG, PNG, WebP or AVIF.")
IS_HEIC = _("This is a HEIC picture, which browsers cannot show. Save it as JPEG first.")
IS_SVG = _("SVG drawings are not taken, as they can hold scripts. Save it as PNG first.")
MOVES = _("This picture moves. Use a still one, which is kinder to readers.")
TOO_LONG = _("This picture is too long: at most %(limit)s pixels a side.")
TOO_MANY_PIXELS = _("This picture has too many pixels: at most %(limit)d million.")
TOO_MANY_SCANS = _("This JPEG is made of too many layers. Save it again as a plain one.")
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

SRGB = ImageCms.createProfile("sRGB")
# A large picture fills 200 MB while it is decoded: one at a time.
decoding = threading.Lock()


class Rendition(NamedTuple):
    name: str
    width: int
    height: int


class LimitedReads:
    """`file` from its start, as Pillow reads it; OSError when it reads too often."""

    def __init__(self, file: File):
        file.seek(0)
        self.file, self.left = file, MOST_READS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("This file is made of too many parts.")
        return self.file.read(size)


def check_upload(upload: File) -> None:
    """Raise ValidationError with one sentence for the editor when `upload` cannot be taken.

    Size and pixels are checked before a pixel is decoded, so a bomb costs nothing.
    """
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise ValidationError(_("This file is too large: at most %(limit)d MB.") % {"limit": limit})
    upload.seek(0)
    start = upload.read(1024)
    try:
        with decoding, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            check_size(upload)
            upright(upload)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise ValidationError(too_many_pixels()) from error
    except Exception as error:  # Pillow's decoders raise many kinds on broken files.
        raise ValidationError(why_unreadable(start)) from error
    finally:
        upload.seek(0)


def check_size(upload: File) -> None:
    """Raise ValidationError when decoding `upload` would take too much time or memory."""
    with Image.open(LimitedReads(upload), formats=FORMATS) as image:
        width, height = image.size
        if max(width, height) > LONGEST_SIDE:
            raise ValidationError(TOO_LONG % {"limit": f"{LONGEST_SIDE:,}"})
        if width * height > settings.UPLOAD_MAX_PIXELS:
            raise ValidationError(too_many_pixels())
        # Phones append a second view to a JPEG (MPO), which is not shown.
        if image.format not in {"GIF", "MPO"} and getattr(image, "is_animated", False):
            raise ValidationError(MOVES)
        is_jpeg = image.format in {"JPEG", "MPO"}
    upload.seek(0)
    if is_jpeg and upload.read().count(START_OF_SCAN) > MOST_SCANS:
        raise ValidationError(TOO_MANY_SCANS)


def too_many_pixels() -> str:
    return TOO_MANY_PIXELS % {"limit": settings.UPLOAD_MAX_PIXELS // 1_000_000}


def why_unreadable(start: bytes) -> str:
    """Return the sentence for a file that begins with `start` and that Pillow cannot open."""
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return IS_HEIC
    if b"<svg" in start.lower():
        return IS_SVG
    return NOT_A_PICTURE


def upright(upload: File) -> Image.Image:
    """Return the pixels of `upload`, whose size was checked, turned as it was taken, in sRGB."""
    with Image.open(LimitedReads(upload), formats=FORMATS) as image:
        turn = turn_of(image)
        lying = turn in {5, 6, 7, 8}
        image.thumbnail((MAX_HEIGHT, MAX_WIDTH) if lying else (MAX_WIDTH, MAX_HEIGHT))
        picture = in_srgb(image)
    picture.info = {}
    return picture.transpose(TURNS[turn]) if turn in TURNS else picture


def turn_of(image: Image.Image):
    """Return what the camera noted of how it was held; notes that cannot be read say nothing."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # As many kinds as there are ways to be broken.
        return None


def in_srgb(image: Image.Image) -> Image.Image:
    """Return `image` in the colours that every screen knows; a profile may hold anything."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):  # Pillow would cut the values at 255.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode != "CMYK":
        image = image.convert(mode)
    if profile:
        try:
            colours = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, colours, SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError):  # No profile, or one of other colours.
            pass
    return image.convert(mode)


def store(upload: File) -> Rendition:
    """Store `upload` (checked before) with its renditions; return the name and size of it."""
    with decoding:
        picture = upright(upload)
        width, height = picture.size
        name = f"pictures/{secrets.token_hex(8)}-{width}x{height}.webp"
        write(picture, name, MASTER)
        write_renditions(picture, name)
    return Rendition(name, width, height)


def derive(name: str) -> None:
    """Make the renditions of the stored picture `name` anew."""
    with decoding, default_storage.open(name) as file:
        write_renditions(upright(file), name)


def write_renditions(picture: Image.Image, name: str) -> None:
    """Store what derives from `picture`, the widest first, so that the next is made of less."""
    for format_, files in renditions(name).items():
        smaller = picture
        for file in reversed(files):
            smaller = smaller.resize((file.width, file.height), Image.Resampling.LANCZOS)
            write(smaller, file.name, RENDITIONS[format_])


def write(picture: Image.Image, name: str, options: dict) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, **options)
    default_storage.save(name, ContentFile(buffer.getvalue()))


def size_of(name: str) -> tuple[int, int]:
    """Return width and height of the picture `name`, (0, 0) for a name `store()` did not give."""
    match = NAME.fullmatch(name)
    return (int(match["width"]), int(match["height"])) if match else (0, 0)


def renditions(name: str) -> dict[str, list[Rendition]]:
    """Return the files derived from the picture `name` by format, each list smallest first.

    Empty for a name that `store()` did not give. No file is wider than the picture.
    """
    width, height = size_of(name)
    if not width:
        return {}
    widths = sorted({min(wide, width) for wide in WIDTHS})
    stem = name.removesuffix(".webp")
    return {
        suffix: [
            Rendition(f"{stem}.{wide}.{suffix}", wide, max(1, round(height * wide / width)))
            for wide in widths
        ]
        for suffix in RENDITIONS
    }


def files(name: str) -> Iterator[str]:
    """Yield the names of every file of the picture `name`."""
    yield name
    for made in renditions(name).values():
        yield from (file.name for file in made)


def delete_files(name: str) -> None:
    for file in files(name):
        default_storage.delete(file)


def picture_html(name: str, alt: str, *, sizes: str = COLUMN, **attributes: str) -> SafeString:
    """Return the elements that show the picture `name`: AVIF, else WebP, in a fitting width.

    `sizes` is the attribute of that name; further `attributes` go to the image.
    """
    made = renditions(name)
    if not made:  # Stored before there were renditions.
        return image_html(src=default_storage.url(name), alt=alt, **attributes)
    width, height = size_of(name)
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((MEDIA_TYPES[f".{suffix}"], srcset(files), sizes) for suffix, files in made.items()),
    )
    fallback = made["webp"][min(1, len(made["webp"]) - 1)]
    image = image_html(
        src=default_storage.url(fallback.name), alt=alt, width=width, height=height, **attributes
    )
    return format_html("<picture>{}{}</picture>", sources, image)


def image_html(**attributes: str) -> SafeString:
    return format_html("<img{}>", format_html_join("", ' {}="{}"', attributes.items()))


def srcset(files: list[Rendition]) -> str:
    return ", ".join(f"{default_storage.url(file.name)} {file.width}w" for file in files)
