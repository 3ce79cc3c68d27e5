"""Uploaded pictures: refused when unsafe, otherwise decoded and encoded anew."""

import io
import secrets
import warnings

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# Wider than any column of the site at twice the pixel density.
MAX_WIDTH = 2400
WEBP_QUALITY = 82


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
                if width * height * frames > settings.UPLOAD_MAX_PIXELS:
                    raise Image.DecompressionBombError
                image.load()
    except Image.DecompressionBombError as error:
        limit = settings.UPLOAD_MAX_PIXELS // 1_000_000
        raise ValidationError(
            _("This picture has too many pixels: at most %(limit)d million.") % {"limit": limit}
        ) from error
    except Exception as error:  # Pillow's decoders raise many kinds on broken files.
        raise ValidationError(
            _("This file is not a picture we can read. Use JPEG, PNG, WebP or AVIF.")
        ) from error
    finally:
        upload.seek(0)


def reencode(upload: File) -> ContentFile:
    """Return `upload` (checked before) as an upright WebP without metadata, randomly named."""
    upload.seek(0)
    with Image.open(upload, formats=FORMATS) as image:
        upright = ImageOps.exif_transpose(image)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        upright = upright.convert(mode)
        if upright.width > MAX_WIDTH:
            upright.thumbnail((MAX_WIDTH, MAX_WIDTH * 4))
        buffer = io.BytesIO()
        upright.save(buffer, "WEBP", quality=WEBP_QUALITY, method=4)
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_urlsafe(12)}.webp")
