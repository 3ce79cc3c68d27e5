"""The published site as files, for a web server or a CDN that knows nothing of Django.

Every page is what the application itself answers to a reader without a session, so the mirror
holds the same bytes and never a draft. Which pages there are says the sitemap.

What an address with a query string shows (filters, search, a routine) depends on the reader: only
the server knows, so a mirror is put in front of one. See docs/deploy.md.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application
from django.urls import reverse

from .copies import Answer
from .models import OldAddress
from .publishing import Publishable, page_models

# Beside the pages of the sitemap. The last one is what a reader of an unknown address sees.
PLUMBING = (
    *("/sitemap.xml", "/robots.txt", "/feed/"),
    *("/manifest.webmanifest", "/sw.js", "/offline/"),
    "/404.html",
)
# Pages that may have a sheet for a helper.
SHEETED = re.compile(r"/(points|routine)/[^/]+/")
HASHED = re.compile(r"\.[0-9a-f]{12}\.[^/]+$")
MEDIA = re.compile(rb'/media/[^"\s,]+')
# Of one file or of one moment; the rest is the site's policy, the same on every page.
OF_ONE_ANSWER = {
    *("cache-control", "content-length", "content-type", "date", "etag", "expires"),
    *("last-modified", "link", "vary"),
}
REDIRECTS, HEADERS = "_redirects", "_headers"


class MirrorError(Exception):
    """The site does not answer as it should; the sentence says where."""


class Mirror:
    """Writes the site into `folder`; `written`, `removed` and `kept` tell what that changed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.application = get_internal_wsgi_application()
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.media: set[str] = set()
        self.written: list[str] = []
        self.removed: list[str] = []
        self.kept = 0

    def write(self) -> None:
        """Make `folder` the mirror of what is published now.

        Static files come first and what is gone leaves last: whoever reads meanwhile finds whole
        pages and everything they show.
        """
        home = self.ask("/")
        if home.code != 200:
            raise MirrorError(f"/ answers {home.code}: load and publish the content first")
        self.put(HEADERS, headers_file(home).encode())
        for name, body in static_files():
            self.put(name, body)
        for path in sorted({"/", *self.addresses(), *PLUMBING}):
            self.put_page(path)
        for path in sorted(self.media):
            self.put_page(path)
        self.list_what_moved()
        self.put(REDIRECTS, "".join(f"{line}\n" for line in self.lines).encode())
        self.remove_others()

    def ask(self, path: str) -> Answer:
        """Return the application's answer to a reader of whom nothing is known."""
        site = urlsplit(settings.SITE_URL)
        return Answer.of(
            self.application,
            {
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "",
                "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
                "QUERY_STRING": "",
                "HTTP_HOST": site.netloc,
                "HTTP_X_FORWARDED_PROTO": site.scheme,
                "SERVER_NAME": site.hostname,
                "SERVER_PORT": str(site.port or 80),
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(),
            },
        )

    def addresses(self) -> Iterator[str]:
        """Yield the address of every published page and list, but for the routine.

        That is nothing without the points chosen in its query string.
        """
        tree = ElementTree.fromstring(self.ask("/sitemap.xml").body)  # noqa: S314 (our own)
        for element in tree.iterfind(".//{*}loc"):
            path = element.text.removeprefix(settings.SITE_URL)
            if path != reverse("points:routine"):
                yield path
            if SHEETED.fullmatch(path):
                yield f"{path}helper/"

    def put_page(self, path: str) -> None:
        """Write the answer at `path`; a page that left meanwhile leaves the mirror too."""
        reply = self.ask(path)
        if reply.code >= 500:
            raise MirrorError(f"{path} answers {reply.code}")
        if reply.code != 200 and path != "/404.html":
            return
        name = file_name(path, reply.named["content-type"])
        if name.endswith("/index.xml"):
            self.lines.append(f"{path} /{name} 200")
        self.put(name, reply.body)
        if name.endswith(".html"):
            self.media |= {match.decode() for match in MEDIA.findall(reply.body)}

    def list_what_moved(self) -> None:
        """Note every address that leads elsewhere or says that its page is gone."""
        withdrawn = [
            page.get_absolute_url()
            for model in page_models()
            for page in model.objects.filter(status=Publishable.Status.WITHDRAWN)
        ]
        old = OldAddress.objects.values_list("path", flat=True)
        for path in sorted({reverse("favicon"), *withdrawn, *map(quote, old)}):
            reply = self.ask(path)
            if reply.code == 410:
                self.lines.append(f"{path} /404.html 410")
            elif "location" in reply.named:
                self.lines.append(f"{path} {reply.named['location']} {reply.code}")

    def put(self, name: str, body: bytes) -> None:
        """Write a file in one step, unless it says the same already."""
        self.names.add(name)
        path = self.folder / name
        if path.is_file() and path.read_bytes() == body:
            self.kept += 1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(body)
        os.replace(new, path)
        self.written.append(name)

    def remove_others(self) -> None:
        """Remove the files that are none of the mirror's now, and the folders left empty."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            name = path.relative_to(self.folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif name not in self.names:
                path.unlink()
                self.removed.append(name)


def file_name(path: str, content_type: str) -> str:
    """Return the name of the file that a web server finds for the address `path`."""
    name = unquote_to_bytes(path).decode().removeprefix("/")
    if name and not name.endswith("/"):
        return name
    return f"{name}index.html" if content_type.startswith("text/html") else f"{name}index.xml"


def static_files() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of every hashed static file and its compressed forms."""
    root = Path(settings.STATIC_ROOT)
    for path in sorted(root.rglob("*")):
        if HASHED.search(path.name) and path.is_file():
            yield f"static/{path.relative_to(root).as_posix()}", path.read_bytes()


def headers_file(page: Answer) -> str:
    """Return what every answer of a page carries beside it, as CDNs read it from `_headers`."""
    policy = [
        f"  {name}: {value}\n" for name, value in page.headers if name.lower() not in OF_ONE_ANSWER
    ]
    lasting = "  Cache-Control: public, max-age=31536000, immutable\n"
    return f"/*\n{''.join(policy)}/static/*\n{lasting}/media/*\n{lasting}"
