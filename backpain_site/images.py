"""Uploaded pictures: refused when unsafe, otherwise decoded and encoded anew."""

import io
import secrets
import warnings

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# Wider than any column of the site at twice the pixel density.
MAX_WIDTH = 2400
MAX_HEIGHT = 4 * MAX_WIDTH
# WebP holds 16,383 a side, and a thin strip costs memory beyond its pixels.
LONGEST_SIDE = 16_000
WEBP_QUALITY = 82
NOT_A_PICTURE = _("This file is not a picture we can read. Use JPEG, PNG, WebP or AVIF.")


def check_upload(upload: File) -> None:
    """Raise ValidationError with one sentence for the editor when `upload` cannot be taken.

    Size and pixels are checked before a pixel is decoded, so a bomb costs nothing.
    """
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise ValidationError(_("This file is too large: at most %(limit)d MB.") % {"limit": limit})
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as image:
                width, height = image.size
                frames = getattr(image, "n_frames", 1)
                if (
                    max(width, height) > LONGEST_SIDE
                    or width * height * frames > settings.UPLOAD_MAX_PIXELS
                ):
                    raise Image.DecompressionBombError
                image.load()
    except Image.DecompressionBombError as error:
        limit = settings.UPLOAD_MAX_PIXELS // 1_000_000
        raise ValidationError(
            _("This picture has too many pixels: at most %(limit)d million.") % {"limit": limit}
        ) from error
    except Exception as error:  # Pillow's decoders raise many kinds on broken files.
        raise ValidationError(NOT_A_PICTURE) from error
    finally:
        upload.seek(0)


def reencode(upload: File) -> ContentFile:
    """Return `upload` (checked before) as an upright WebP without metadata, randomly named."""
    upload.seek(0)
    with Image.open(upload, formats=FORMATS) as image:
        lying = image.getexif().get(ExifTags.Base.Orientation, 1) in {5, 6, 7, 8}
        image.thumbnail((MAX_HEIGHT, MAX_WIDTH) if lying else (MAX_WIDTH, MAX_HEIGHT))
        upright = ImageOps.exif_transpose(image)
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        buffer = io.BytesIO()
        upright.save(buffer, "WEBP", quality=WEBP_QUALITY, method=4)
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_urlsafe(12)}.webp")
