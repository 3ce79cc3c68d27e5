"""An editor at the desk of a server in another process, by HTTP, without a browser."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

from .forms import form_data
from .server import SiteServer


class Editor:
    """Logged in as the server's first account.

    `post` sends the form at an address as a browser would, with `changes`, and returns the status
    and the page it led to.
    """

    def __init__(self, server: SiteServer, desk="/admin/"):
        self.url = server.url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.post(f"{desk}login/", username=server.username, password=server.password)

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, path: str, **changes: str) -> tuple[int, str]:
        data = form_data(self.get(path)) | changes
        request = urllib.request.Request(
            self.url + path,
            urllib.parse.urlencode(data, doseq=True).encode(),
            {"Referer": self.url + path},
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def address_of(self, list_path: str, name: str) -> str:
        """Return the address of the form of the thing called `name` in the list at `list_path`."""
        listed = self.get(f"{list_path}?q={urllib.parse.quote(name)}")
        return re.search(rf'href="({list_path}\d+/change/)[^"]*">', listed)[1]

    def publish(self, path: str, **changes: str) -> None:
        status, page = self.post(path, **changes, _publish="1")
        assert status == 200
        assert "errornote" not in page, re.findall(r'class="err[^>]*>(.*?)<', page)
