"""What nobody means to send: values, queries and bodies for every address of the site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, repeat

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

DIGITS = "9" * 40
# As they stand in an address, already quoted.
VALUES = [
    *("", "0", "-1", "x", "1e400", "nan", "inf", "None", "true", "[]", "1,2", "0x1", "1_0"),
    *(DIGITS, f"-{DIGITS}", f"{DIGITS}.5", "9223372036854775808", "%D9%A3", "%C2%B2"),
    *("%00", "%ED%A0%80", "%FF%FE", "%", "%zz", "%0D%0AX-Evil:1", "%E2%80%AE", "%F0%9F%92%A9"),
    *("'%20OR%201=1--", "../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E"),
    *("//evil.example", "2026-02-30", "0000-00-00", "9999-12-31T23:59:60", "_1", "a" * 3_000),
]
LOOKUPS = ["exact", "in", "isnull", "gt", "range", "year", "month", "regex", "date", "nonsense"]
# Names that the stock admin, its filters or a view of ours reads.
ADMIN_NAMES = [
    *("p", "o", "q", "all", "e", "_popup", "_to_field", "_changelist_filters", "draft", "needs"),
    *("app_label", "model_name", "field_name", "term", "a", "b", "from", "to", "next", "similar"),
    *("id", "id__exact", "id__in", "pk", "pk__in", "ids", "status__exact", "created_at__year"),
    *("updated_at__year", "updated_at__month", "updated_at__day", "figure", "language", "format"),
]
PUBLIC_NAMES = ["q", "avoid", "reach", "area", "p", "page", "literal", "next", "point", "for", "x"]
HEADERS = [
    {"accept": "\xff"},
    {"accept-encoding": "gzip;q=x, *;q=1e999, ;;;,"},
    {"accept-language": "x" * 3_000},
    {"cookie": "sessionid=\xff; csrftoken=%00; messages=x"},
    {"cookie": "sessionid=" + "a" * 3_000},
    {"if-modified-since": "Thu, 99 Foo 99999 99:99:99 GMT"},
    {"if-none-match": '"\xff", W/, *, ,"'},
    {"range": "bytes=9999999999999999999-, -1, 5-2"},
    {"range": "bytes=0-0,0-0,0-0"},
    {"content-type": "multipart/form-data"},
    {"content-type": "text/html; charset=\xff"},
    {"x-forwarded-for": DIGITS, "x-forwarded-host": "evil.example", "forwarded": "for=\xff"},
    {"x-http-method-override": "DELETE", "x-original-url": "/admin/", "x-rewrite-url": "/admin/"},
    {"origin": "null", "referer": "http://[", "sec-fetch-site": "cross-site"},
    {"host": "evil.example"},
    {"host": "127.0.0.1:99999999"},
    {"host": "[::1"},
]
METHODS = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "x" * 300]
FORM = "application/x-www-form-urlencoded"
BODIES = [
    (FORM, b""),
    (FORM, b"a=%00&page=%00&message=%ED%A0%80&q=" + b"9" * 40),
    (FORM, b"\xff\xfe\x00=&&&==;%zz"),
    (FORM, b"&".join(b"n%d=1" % number for number in range(1_200))),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"'),
    ("multipart/form-data; boundary=" + "x" * 300, b"--"),
    ("application/json", b'{"a": ' + b"[" * 5_000),
    ("text/plain; charset=utf-7", b"+AHg-"),
]


@dataclass
class Hostile:
    """One request; `path` holds the query string, as bytes would go over the wire."""

    path: str
    method: str = "GET"
    body: bytes = b""
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        return f"{self.method[:10]} {self.path[:200]} {self.body[:80]} {self.headers}"


def addresses(patterns=None, before="/") -> Iterator[str]:
    """Every address of the site as a route, with its `<parameters>`."""
    for pattern in patterns or get_resolver().url_patterns:
        route = str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + route)
        elif isinstance(pattern, URLPattern) and "(" not in route:
            yield before + route


PARAMETER = re.compile(r"<[^>]+>")


def filled(route: str, values: Iterator[str]) -> str:
    return PARAMETER.sub(lambda _: next(values), route)


def on_lists() -> Iterator[Hostile]:
    """Filters of every list of the desk, on every field with every lookup."""
    values = cycle(VALUES)
    for model, model_admin in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for field_ in model._meta.get_fields():
            for lookup in LOOKUPS:
                yield Hostile(f"{path}?{field_.name}__{lookup}={next(values)}")
            for value in (DIGITS, "1e400", "%00"):
                yield Hostile(f"{path}?{field_.name}={value}")
        for name in ADMIN_NAMES:
            for _ in range(3):
                yield Hostile(f"{path}?{name}={next(values)}")
            yield Hostile(f"{path}?{name}={DIGITS}")
        for action in ("delete_selected", *model_admin.actions, "nonsense", "%00"):
            for chosen in ("x", DIGITS, "%00", "1e400", "%ED%A0%80", ""):
                body = f"action={action}&index=0&_selected_action={chosen}&select_across=1"
                yield Hostile(path, "POST", body.encode())
                body = f"action={action}&index={DIGITS}&_selected_action={chosen}&post=yes"
                yield Hostile(path, "POST", body.encode())


def on_forms() -> Iterator[Hostile]:
    """Forms of the desk with values in them that no field offers."""
    values = cycle(VALUES)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        one = model._default_manager.first()
        paths = [reverse(f"{name}_add")]
        if one:
            paths += [reverse(f"{name}_{kind}", args=[one.pk]) for kind in ("change", "delete")]
        names = [field_.name for field_ in model._meta.get_fields()]
        for path in paths:
            for value in (DIGITS, "x", "%00", "%ED%A0%80", "1e400"):
                body = "&".join(f"{name}={value}" for name in names)
                yield Hostile(path, "POST", f"{body}&_save=1".encode())
                yield Hostile(path, "POST", f"{body}&_publish=1&_base={value}".encode())
                yield Hostile(f"{path}?_popup=1&_to_field={value}", "POST", body.encode())
            for query in ADMIN_NAMES:
                yield Hostile(f"{path}?{query}={next(values)}")


def on_every_address() -> Iterator[Hostile]:
    values, numbers = cycle(VALUES), cycle(["0", "1", DIGITS, "-1", "x", "%00"])
    for route in addresses():
        names = ADMIN_NAMES if route.startswith("/admin/") else PUBLIC_NAMES
        for method in METHODS:
            yield Hostile(filled(route, numbers), method)
        for content_type, body in BODIES:
            yield Hostile(filled(route, numbers), "POST", body, content_type)
        for headers in HEADERS:
            yield Hostile(filled(route, numbers), headers=headers)
        if "<" in route:
            for value in VALUES:
                yield Hostile(filled(route, repeat(value)))
        for name in names:
            yield Hostile(f"{filled(route, numbers)}?{name}={next(values)}")


def on_public_addresses() -> Iterator[Hostile]:
    for route in addresses():
        if not route.startswith("/admin/"):
            for name in PUBLIC_NAMES:
                for value in VALUES:
                    yield Hostile(f"{filled(route, repeat('bl40'))}?{name}={value}")


def on_autocomplete() -> Iterator[Hostile]:
    names = ["app_label=points", "model_name=point", "field_name=body_area", "term=x", "page=1"]
    for number in range(len(names)):
        for value in VALUES:
            changed = names[number].partition("=")[0] + f"={value}"
            query = "&".join([*names[:number], changed, *names[number + 1 :]])
            yield Hostile(f"{reverse('admin:autocomplete')}?{query}")
