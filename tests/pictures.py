"""Small pictures, good and bad, made when needed."""

import io
import struct
import zlib

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def encoded(size=(60, 40), kind="PNG", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind, **options)
    return buffer.getvalue()


def png(size=(60, 40)) -> bytes:
    return encoded(size)


def sideways_jpeg(size=(60, 40)) -> bytes:
    """Return a phone portrait: stored lying, with a note to turn it, and where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    return encoded(size, "JPEG", exif=exif)


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG file that unpacks to `width` times `height` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def moving(kind: str) -> bytes:
    """Return two frames, of which a browser would make a film."""
    buffer = io.BytesIO()
    second = Image.new("RGB", (60, 40), "red")
    Image.new("RGB", (60, 40), "teal").save(buffer, kind, save_all=True, append_images=[second])
    return buffer.getvalue()
