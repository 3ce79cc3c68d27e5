"""Whoever has no right on the desk meets the login or a refusal at every one of its addresses."""

from itertools import repeat

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .hostile import addresses, filled

pytestmark = pytest.mark.django_db
ROUTES = [route for route in addresses() if route.startswith("/admin/")]
PUBLIC = set(addresses()) - set(ROUTES) - {"/report/"}
# Pages of the door itself.
DOOR = {"/admin/login/", "/admin/logout/"}
# Of everybody who may enter.
OWN = {"/admin/", "/admin/second-factor/", "/admin/jsi18n/"}
OWN |= {"/admin/password_change/", "/admin/password_change/done/"}
WRITES = ("INSERT", "UPDATE", "DELETE")


def written(queries) -> list[str]:
    """Return what was written, but to sessions: the desk says there why it refuses."""
    found = [query["sql"] for query in queries if query["sql"].startswith(WRITES)]
    return [sql for sql in found if "django_session" not in sql]


def test_the_addresses_of_the_desk_are_known():
    kinds = ["history", "compare", "export", "import", "drafts", "revisions", "similar", "figures"]
    kinds += ["autocomplete", "jsi18n", "markdown/preview", "markdown/upload", "thumbnail", "try"]
    assert [kind for kind in kinds if not any(kind in route for route in ROUTES)] == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["nobody", "reader", "newcomer"])
def test_none_lets_them_in_or_keeps_what_they_send(client, django_user_model, who, method):
    """A newcomer is on the desk without any right: the first page and the own password only."""
    if who != "nobody":
        user = django_user_model.objects.create_user(who, is_staff=who == "newcomer")
        client.force_login(user)
    answered, wrote = [], []
    for route in set(ROUTES) - DOOR - (OWN if who == "newcomer" else set()):
        path = filled(route, repeat("1"))
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(path, {"action": "delete_selected", "post": "yes"})
        if answer.status_code < 300:
            answered.append(path)
        wrote += written(queries)
    assert answered == []
    assert wrote == []


@pytest.mark.parametrize("path", sorted({filled(route, repeat("bl40")) for route in PUBLIC}))
def test_public_addresses_keep_nothing_but_reports(client, path):
    with CaptureQueriesContext(connection) as queries:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, path, b"q=back")
            assert answer.status_code >= 300 or path == "/healthz"
    assert written(queries) == []
