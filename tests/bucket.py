"""A bucket in memory that speaks as much of S3 as the site needs, for the real client library."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket(ThreadingHTTPServer):
    """`objects` maps names to (content, headers); `asked` lists the methods of all requests."""

    name = "pictures-of-the-site"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"s3+http://key:s%2Fecret@127.0.0.1:{self.server_port}/{self.name}?region=here"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        self.server.asked.append(self.command)
        address = urlsplit(self.path)
        bucket, _, name = unquote(address.path).removeprefix("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        objects = self.server.objects
        if bucket != self.server.name or "Credential=key/" not in self.headers["Authorization"]:
            self.answer(403)
        elif self.command == "PUT":
            kept = {key: self.headers[key] for key in ("Content-Type", "Cache-Control")}
            objects[name] = (body, kept)
            self.answer(200)
        elif self.command == "DELETE":
            objects.pop(name, None)
            self.answer(204)
        elif not name:
            prefix = parse_qs(address.query)["prefix"][0]
            keys = sorted(key for key in objects if key.startswith(prefix))
            rows = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
            self.answer(200, f"<ListBucketResult>{rows}</ListBucketResult>".encode())
        elif name in objects:
            self.answer(200, *objects[name])
        else:
            self.answer(404)

    do_GET = do_HEAD = do_PUT = do_DELETE = handle_one

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    with Bucket() as bucket:
        thread = threading.Thread(target=bucket.serve_forever, daemon=True)
        thread.start()
        yield bucket
        bucket.shutdown()
