"""`make run` from nothing, again, and when it must not."""

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from backpain_site.start import make_first_account
from tests.editor import Editor
from tests.server import ROOT, SiteServer


def start(data_dir, **environment) -> subprocess.CompletedProcess:
    """Run the start command where it is expected to give up by itself."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "backpain_site.start"],
        cwd=ROOT,
        env=clean | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SITE_URL": "https://example.org", "ALLOWED_HOSTS": "example.org"}, "Set SECRET_KEY"),
        ({"SITE_URL": "https://example.org", "SECRET_KEY": "x" * 60}, "Set ALLOWED_HOSTS"),
        ({"PORT": "eighty"}, "PORT must be a number"),
        ({"PORT": "70000"}, "PORT must be a number"),
        ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY must be a number"),
        ({"TRUSTED_PROXIES": "nginx"}, "TRUSTED_PROXIES must be a whole number"),
        ({"SEARCH_RATE_LIMIT": "-1"}, "SEARCH_RATE_LIMIT must be a whole number"),
        ({"ADMIN_PATH": "../desk"}, "ADMIN_PATH must be a path"),
    ],
)
def test_a_wrong_setting_stops_it_in_one_line(tmp_path, environment, sentence):
    ended = start(tmp_path, **environment)
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert sentence in ended.stderr


def test_a_taken_port_stops_it_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(tmp_path, PORT=port)
    assert ended.returncode == 1
    assert f"port {port} is taken" in ended.stderr


def test_the_first_start_makes_an_account_and_the_second_keeps_everything(tmp_path):
    nobody = {"DJANGO_SUPERUSER_USERNAME": "", "DJANGO_SUPERUSER_PASSWORD": ""}
    with SiteServer(tmp_path, **nobody, DATABASE_URL="") as server:
        assert "Behind the knee" in read(f"{server.url}/points/bl40/")
        first_log = server.read_log()
    assert first_log.count("password: ") == 1
    key = (tmp_path / "secret_key").read_text()
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600

    change = "Point.objects.filter(code='BL40').update(summary='Kept words.')"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", f"from points.models import Point; {change}"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        check=True,
        capture_output=True,
    )
    with SiteServer(tmp_path, **nobody, DATABASE_URL="") as server:
        assert "Kept words." in read(f"{server.url}/points/bl40/")
        assert "password" not in server.read_log()
    assert (tmp_path / "secret_key").read_text() == key


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short-1", "password1234", "123412341234", "new-editor12"])
def test_a_weak_first_password_stops_it_in_one_line(
    monkeypatch, settings, django_user_model, password
):
    settings.IS_LOCAL = False
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "new-editor")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(SystemExit, match=r"^Cannot start: DJANGO_SUPERUSER_PASSWORD: .*$") as said:
        make_first_account()
    assert password not in str(said.value)
    assert not django_user_model.objects.exists()


@pytest.mark.django_db
def test_a_weak_first_password_is_taken_on_this_machine_with_a_word(
    monkeypatch, django_user_model, capsys
):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "new-editor")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "short-1")
    make_first_account()
    assert django_user_model.objects.get().check_password("short-1")
    assert "too short" in capsys.readouterr().out


def test_the_desk_can_be_at_another_address(tmp_path):
    with SiteServer(tmp_path, ADMIN_PATH="office/desk") as server:
        editor = Editor(server, "/office/desk/")
        page = editor.get("/points/bl40/")
        form = re.search(r'href="(/office/desk/points/point/\d+/change/)"', page)[1]
        assert 'data-markdownx-urls-path="/office/desk/markdown/preview/"' in editor.get(form)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            editor.get("/admin/login/")
        assert "desk" not in read(f"{server.url}/robots.txt") + read(f"{server.url}/sw.js")
