"""Published pages from memory, before Django: what most requests of most readers get.

A view that says `held` (see `pages.py`) is asked once for each version of the content; its answer
is kept as it goes over the wire, in each encoding, and given to everybody who has no session. What
is not kept: other methods and statuses, addresses with a query string other than the marks that
sites and mails put on links, whatever sets a cookie or does not say `public`.

While the database is away, readers get the copies of the last version, this process's own or those
that another one left in the cache.
"""

import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

import brotli
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve

from .freshness import Version, VersionWatch

Headers = list[tuple[str, str]]

# Of 30 points or 3,000: the guide's 60 KB are a large page, with their two compressed bodies 100.
MOST_PAGES = 2_000
MOST_BYTES = 32_000_000
LARGEST_PAGE = 2_000_000
SECONDS_LEFT = 7 * 24 * 3600
# No page reads these, and each reader who follows a shared link brings others.
MARKS = re.compile(
    r"(?:fbclid|gclid|gbraid|wbraid|msclkid|twclid|igshid|mc_[ce]id|utm_[a-z]+)=[\w.~%+-]*",
    re.ASCII,
)
# What a visitor's request must not add to a page that everybody gets.
PERSONAL = (
    *("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"),
    *("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"),
)
# Written anew for each encoding of a copy.
REPLACED = {"content-length", "etag", "vary", "expires", "last-modified"}
OF_A_BODY = {"Content-Length", "Content-Encoding", "Content-Type"}
STALE = ("Warning", '110 - "Response is Stale"')


def preferred_encoding(accepted: str) -> str:
    """Return "br", "gzip" or "" for an Accept-Encoding header."""
    weights = {}
    for item in accepted.lower().split(","):
        name, _, parameters = item.partition(";")
        _, _, weight = parameters.partition("q=")
        try:
            weights[name.strip()] = float(weight or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    for name in ("br", "gzip"):
        if weights.get(name, weights.get("*", 0)) > 0:
            return name
    return ""


@dataclass
class Form:
    """One encoding of a copy: its headers and its body."""

    etag: str
    headers: Headers
    body: bytes


@dataclass
class Copy:
    """A page as it was rendered for one version of the content."""

    version: Version
    headers: Headers
    page: bytes
    forms: dict[str, Form] = field(default_factory=dict)

    def form(self, encoding: str) -> Form:
        return self.forms.get(encoding) or self.encode(encoding)

    def encode(self, encoding: str) -> Form:
        body, headers = self.page, list(self.headers)
        if encoding == "br":
            body = brotli.compress(self.page, quality=5, lgwin=18)
        elif encoding == "gzip":
            body = gzip.compress(self.page, 6, mtime=0)
        if encoding:
            headers.append(("Content-Encoding", encoding))
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers += [("Content-Length", str(len(body))), ("ETag", etag), ("Vary", "Accept-Encoding")]
        form = self.forms[encoding] = Form(etag, headers, body)
        return form

    @property
    def size(self) -> int:
        """Return what the copy may take once every encoding was asked for."""
        return len(self.page) * 2


@dataclass
class Answer:
    """What Django said."""

    status: str
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, application: Callable, environ: dict) -> "Answer":
        """Return what a WSGI `application` answers, whole."""
        said = []
        body = application(
            environ, lambda status, headers, *exception: said.append((status, headers))
        )
        try:
            return cls(*said[0], b"".join(body))
        finally:
            if hasattr(body, "close"):
                body.close()

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def named(self) -> dict[str, str]:
        """Return the headers by their names in small letters."""
        return {name.lower(): value for name, value in self.headers}

    @property
    def may_be_kept(self) -> bool:
        named = self.named
        return (
            self.code == 200
            and "public" in named.get("cache-control", "")
            and not {"set-cookie", "content-encoding"} & named.keys()
            and len(self.body) <= LARGEST_PAGE
        )

    def copy(self, version: Version) -> Copy:
        kept = [header for header in self.headers if header[0].lower() not in REPLACED]
        return Copy(version, kept, self.body)


class PageCopies:
    """A WSGI application in front of `django`; `watch` says which version is current."""

    def __init__(self, django: Callable, watch: VersionWatch):
        self.django = django
        self.watch = watch
        self.copies: dict[str, Copy] = {}
        self.bytes = 0
        self.storing = threading.Lock()
        # A fixed number, because addresses are the reader's to choose.
        self.rendering = [threading.Lock() for _ in range(64)]
        # Asked for every request, and settings are slow to ask.
        self.session_cookie = settings.SESSION_COOKIE_NAME
        self.of_tls = settings.SECURE_PROXY_SSL_HEADER if settings.SECURE_SSL_REDIRECT else None
        # Copies of another site, or of another release, are not for our readers.
        self.site = f"{settings.SITE_URL} {getattr(staticfiles_storage, 'manifest_hash', '')}"
        self.is_our_host = lru_cache(maxsize=100)(is_our_host)
        self.encoding = lru_cache(maxsize=100)(preferred_encoding)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not self.may_answer(environ):
            return self.django(environ, start_response)
        path = environ["PATH_INFO"]
        version = self.watch.current()
        copy = self.copies.get(path)
        if copy is None or copy.version != self.watch.latest:
            if not is_held(path):
                return self.django(environ, start_response)
            copy = self.make(path, version, environ) if version else self.left_by_others(path)
            if copy is None:
                return self.django(environ, start_response)
            if isinstance(copy, Answer):
                start_response(copy.status, copy.headers)
                return [copy.body]
        form = copy.form(self.encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        headers = form.headers if version else [*form.headers, STALE]
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and is_among(form.etag, asked):
            kept = [header for header in headers if header[0] not in OF_A_BODY]
            start_response("304 Not Modified", kept)
            return []
        start_response("200 OK", headers)
        return [form.body] if environ["REQUEST_METHOD"] == "GET" else []

    def may_answer(self, environ: dict) -> bool:
        """Whether the request is one that a copy could answer."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and is_plain(environ.get("QUERY_STRING"))
            and self.session_cookie not in environ.get("HTTP_COOKIE", "")
            and self.is_our_host(environ.get("HTTP_HOST", ""))
            # Django sends the others to TLS.
            and (self.of_tls is None or environ.get(self.of_tls[0]) == self.of_tls[1])
        )

    def make(self, path: str, version: Version, environ: dict) -> Copy | Answer:
        """Return the copy of `path`, rendered by one thread while others wait for it.

        Or Django's answer, when it is none to keep.
        """
        with self.rendering[hash(path) % len(self.rendering)]:
            copy = self.copies.get(path)
            if copy and copy.version == version:
                return copy
            answer = self.ask_django(environ)
            if answer.code == 503:  # The database went in this moment.
                return self.left_by_others(path) or answer
            if not answer.may_be_kept:
                self.forget(path)
                return answer
            copy = answer.copy(version)
            self.keep(path, copy)
            self.leave_for_others(path, copy)
            return copy

    def leave_for_others(self, path: str, copy: Copy):
        """A favour, for when the database is away: whatever goes wrong, readers have their page."""
        with suppress(Exception):
            left = tuple(copy.version), copy.headers, copy.page
            caches["copies"].set(self.place_of(path), left, SECONDS_LEFT)

    def left_by_others(self, path: str) -> Copy | None:
        """Return the copy of the last version that any process rendered, if one did."""
        latest = self.watch.latest
        with suppress(Exception):  # It may have been left by another release.
            version, headers, page = caches["copies"].get(self.place_of(path))
            if version == latest:
                copy = Copy(latest, headers, page)
                self.keep(path, copy)
                return copy
        return None

    def place_of(self, path: str) -> str:
        """Return the key of the copy of `path`, which may be long and hold anything."""
        name = "\n".join((self.site, path)).encode("utf-8", "surrogateescape")
        return hashlib.sha256(name).hexdigest()

    def ask_django(self, environ: dict) -> Answer:
        """Return the answer to a visitor of whom nothing is known."""
        plain = {name: value for name, value in environ.items() if name not in PERSONAL}
        plain |= {"REQUEST_METHOD": "GET", "QUERY_STRING": ""}
        return Answer.of(self.django, plain)

    def keep(self, path: str, copy: Copy):
        with self.storing:
            self.discard(path)
            self.copies[path] = copy
            self.bytes += copy.size
            while len(self.copies) > MOST_PAGES or self.bytes > MOST_BYTES:
                self.discard(next(iter(self.copies)))

    def forget(self, path: str):
        with self.storing:
            self.discard(path)

    def discard(self, path: str):
        copy = self.copies.pop(path, None)
        if copy:
            self.bytes -= copy.size


def is_plain(query: str | None) -> bool:
    """Whether a query string asks for nothing: it is empty, or holds only MARKS."""
    return not query or all(MARKS.fullmatch(pair) for pair in query.split("&"))


def is_our_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def is_held(path: str) -> bool:
    """Whether the view of this address says that its answers may be kept."""
    try:
        # WSGI passes the bytes of the address as if they were Latin-1.
        return getattr(resolve(path.encode("latin-1").decode()).func, "held", False)
    except (Resolver404, UnicodeError):
        return False


def is_among(etag: str, asked: str) -> bool:
    """Whether an If-None-Match header names `etag`."""
    if asked == etag or asked.strip() == "*":
        return True
    return etag in {tag.strip().removeprefix("W/") for tag in asked.split(",")}
