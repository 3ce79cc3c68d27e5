"""Small pictures, good and bad, made when needed."""

import io
import struct
import zlib

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def encoded(size=(60, 40), kind="PNG", mode="RGB", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def png(size=(60, 40)) -> bytes:
    return encoded(size)


def sideways_jpeg(size=(60, 40)) -> bytes:
    """Return a phone portrait: stored lying, with a note to turn it, and where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    return encoded(size, "JPEG", exif=exif)


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_of(*chunks: bytes, size=(60, 40), depth=8, colours=2) -> bytes:
    """Return a PNG file that says it is `size`, of exactly these chunks."""
    header = struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, 0)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")])


def pixels(size=(60, 40), bytes_a_pixel=3) -> bytes:
    row = b"\0" + b"\x20" * size[0] * bytes_a_pixel
    return chunk(b"IDAT", zlib.compress(row * size[1]))


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG file that unpacks to `width` times `height` pixels."""
    return png_of(chunk(b"IDAT", zlib.compress(bytes(1000), 9)), size=(width, height), colours=0)


def moving(kind: str) -> bytes:
    """Return two frames, of which a browser would make a film."""
    second = Image.new("RGB", (60, 40), "red")
    return encoded(kind=kind, save_all=True, append_images=[second])
