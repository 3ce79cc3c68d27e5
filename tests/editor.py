"""An editor at the desk of a server in another process, by HTTP, without a browser."""

import http.cookiejar
import json
import re
import secrets
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
        # Each from a place of their own: logins are counted by address.
        here = ".".join(str(secrets.randbelow(256)) for _ in range(3))
        self.opener.addheaders.append(("X-Forwarded-For", f"10.{here}"))
        self.post(f"{desk}login/", username=server.username, password=server.password)

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, path: str, **changes: str) -> tuple[int, str]:
        return self.send(path, self.get(path), **changes)

    def send(self, path: str, page: str, **changes: str) -> tuple[int, str]:
        """Send the form of `page`, which was opened at `path` before."""
        data = form_data(page) | changes
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

    def links(self, list_path: str) -> list[str]:
        """Return the addresses of the forms of everything in the list at `list_path`."""
        found = re.findall(rf'href="({list_path}\d+/change/)[^"]*">', self.get(list_path))
        return list(dict.fromkeys(found))

    def upload(self, picture: bytes, words: str = "A ball") -> tuple[int, str]:
        """Put a picture into the library; return the status and the name of the stored file."""
        path = "/admin/markdown/upload/"
        filled = {"alt_text": words, "credit": "Nobody", "kind": "photo"}
        fields = form_data(self.get(path)) | filled
        body, kind = multipart(fields, picture)
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": kind, "Referer": self.url + path}
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                markdown = json.load(answer)["image_code"]
                return answer.status, re.search(r"/media/(\S+)", markdown)[1]
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def multipart(fields: dict[str, str], picture: bytes) -> tuple[bytes, str]:
    """Return the body of a form with a file named image, and its content type."""
    edge = "edge-of-a-field"
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"{head.format(name)}\r\n\r\n{value}".encode() for name, value in fields.items()]
    file = f'{head.format("image")}; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n'
    parts.append(file.encode() + picture)
    lines = b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts)
    return lines + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
