"""Whatever is sent, the answer is no fault of ours: no status from 500 up, and no debug text."""

import pytest
from django.db import transaction
from django.test import Client

from points.models import PointCaution

from . import hostile
from .hostile import Hostile

pytestmark = pytest.mark.django_db
# Requests of a kind, evenly from all of them, which are 50,000.
FEW, MANY = 250, 1_600
KINDS = [
    hostile.on_lists,
    hostile.on_forms,
    hostile.on_autocomplete,
    hostile.on_public_addresses,
    hostile.on_every_address,
]


@pytest.fixture
def superuser(django_user_model):
    return django_user_model.objects.create_superuser("editor")


def send(client: Client, request: Hostile):
    """Return the answer; nothing that it changed stays."""
    path, _, query = request.path.partition("?")
    with transaction.atomic():
        answer = client.generic(
            request.method,
            path,
            request.body,
            request.content_type,
            headers=request.headers,
            QUERY_STRING=query,
        )
        transaction.set_rollback(True)
    return answer


def is_our_fault(answer) -> bool:
    if answer.status_code >= 500:
        return True
    text = b"" if answer.streaming else answer.content
    return b"Traceback (most recent call last)" in text or b"DEBUG = True" in text


@pytest.mark.parametrize("most", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_request_meets_a_fault_of_ours(client, superuser, kind, most):
    client.raise_request_exception = False
    requests = list(kind())
    faults = []
    for request in requests[:: max(1, len(requests) // most)]:
        if "_auth_user_id" not in client.session:  # One of the requests logs out.
            client.force_login(superuser)
        answer = send(client, request)
        if is_our_fault(answer):
            faults.append(f"{answer.status_code} {request}")
    assert faults == []


@pytest.mark.parametrize(
    "query",
    ["reviewed_on__year=" + "9" * 40, "reviewed_on__year=0", "id__in=" + "9" * 40, "id=1e400"],
)
def test_a_filter_that_cannot_be_leads_to_the_list_or_is_refused(editor_client, query):
    answer = editor_client.get(f"/admin/points/point/?{query}")
    if answer.status_code == 200:  # PostgreSQL counts further than SQLite.
        assert answer.context["cl"].result_count == 0
    elif answer.status_code == 302:
        assert answer.headers["Location"] == "/admin/points/point/?e=1"
    else:
        assert answer.status_code == 400
        assert "We could not read what was sent" in answer.content.decode()


@pytest.mark.parametrize("lookup", ["code__regex=(a%2B)%2B$", "code__iregex=x", "code__range=x"])
def test_a_filter_with_a_pattern_is_refused(editor_client, lookup):
    answer = editor_client.get(f"/admin/points/point/?{lookup}")
    assert answer.status_code == 400
    assert "We could not read what was sent" in answer.content.decode()


@pytest.mark.parametrize("row", ["x", "9" * 40, "", "1e400"])
@pytest.mark.parametrize("path", ["/admin/points/point/", "/admin/auth/user/"])
def test_an_action_on_a_row_that_is_none_is_refused(editor_client, path, row):
    chosen = {"action": "delete_selected", "_selected_action": row}
    answer = editor_client.post(path, chosen)
    assert answer.status_code == 400
    assert "We could not read what was sent" in answer.content.decode()


@pytest.mark.parametrize("row", ["x", "1e400", "%00"])
def test_a_choice_that_is_no_row_is_an_error_of_the_form(editor_client, row):
    answer = editor_client.post("/admin/points/redflag/add/", {"sources": row, "statement": "x"})
    assert "is not a valid value" in answer.content.decode()


def test_a_choice_that_no_column_holds_is_refused(editor_client):
    answer = editor_client.post("/admin/points/redflag/add/", {"sources": "9" * 40})
    if answer.status_code == 200:  # PostgreSQL counts further than SQLite.
        assert "9" * 40 in str(answer.context["adminform"].form.errors["sources"])
    else:
        assert answer.status_code == 400
        assert "We could not read what was sent" in answer.content.decode()


def test_a_field_without_name_is_refused(editor_client):
    pk = PointCaution.objects.first().pk
    answer = editor_client.get(f"/admin/points/pointcaution/{pk}/delete/?_to_field=")
    assert answer.status_code == 400
    assert "We could not read what was sent" in answer.content.decode()
