"""What Sentry is told of an error: where it happened, nothing of who met it."""

import os
import subprocess
import sys

import pytest

from tests.server import ROOT

sentry_sdk = pytest.importorskip("sentry_sdk")

# Runs with the settings of a site that has a SENTRY_DSN, and catches what would be sent.
SCRIPT = """
import json, django, sentry_sdk
from sentry_sdk.transport import Transport

class Kept(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            print("SENT", json.dumps(item.payload.json))

django.setup()
sentry_sdk.get_client().transport = Kept()
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from points.models import Point
call_command("migrate", verbosity=0)
def fail(*args):
    raise RuntimeError("no table for /search/?q=hurtsthere")
Point.objects.__class__.published = fail
asked = RequestFactory().get(
    "/points/bl40/?avoid=pregnancy",
    headers={"X-Forwarded-For": "192.0.2.7", "Cookie": "sessionid=mysession", "Host": "localhost"},
)
list(get_wsgi_application()(asked.environ, lambda *answer: None))
"""


def test_an_error_is_sent_without_its_reader(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=os.environ
        | {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "backpain_site.settings",
            "SENTRY_DSN": "https://key@sentry.example/1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    sent = [line for line in done.stdout.splitlines() if line.startswith("SENT")]
    assert len(sent) == 1, done.stderr
    assert '"method": "GET"' in sent[0]
    assert "/points/bl40/" in sent[0]
    assert "no table for /search/" in sent[0]
    for private in ("pregnancy", "hurtsthere", "mysession", "192.0.2.7", "cookies"):
        assert private not in sent[0]
