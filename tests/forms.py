"""What a browser would post from the forms of a page."""

from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse


class Form(HTMLParser):
    """What a browser would post from the forms of an admin page, untouched."""

    def __init__(self, page: str):
        super().__init__()
        self.data: dict[str, str | list[str]] = {}
        self.field, self.in_text = "", False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "option":
            if "selected" in attrs and isinstance(self.data.get(self.field), list):
                self.data[self.field].append(attrs["value"])
            elif "selected" in attrs:
                self.data[self.field] = attrs["value"]
        if not (name := attrs.get("name")):
            return
        if tag == "input" and attrs.get("type") in {"checkbox", "radio"}:
            if "checked" in attrs:
                self.data[name] = attrs.get("value", "on")
        elif tag == "input" and attrs.get("type") not in {"submit", "file"}:
            self.data[name] = attrs.get("value", "")
        elif tag in {"select", "textarea"}:
            self.field, self.in_text = name, tag == "textarea"
            self.data[name] = [] if "multiple" in attrs else ""

    def handle_data(self, data):
        if self.in_text:
            self.data[self.field] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            # The line break right after the opening tag is not part of the text.
            self.data[self.field] = self.data[self.field].removeprefix("\n")
            self.in_text = False


def form_data(page: str) -> dict:
    return Form(page).data


def change_url(page) -> str:
    return reverse(f"admin:{page._meta.app_label}_{page._meta.model_name}_change", args=[page.pk])


class Desk:
    """An editor at the form of a page."""

    def __init__(self, client: Client, url: str):
        self.client, self.url = client, url

    def data(self) -> dict:
        data = form_data(self.client.get(self.url).content.decode())
        data.pop("csrfmiddlewaretoken", None)
        return data

    def press(self, button: str, data: dict | None = None, **changes):
        data = (self.data() if data is None else data) | changes
        answer = self.client.post(self.url, data | {button: "1"})
        if answer.status_code == 302 and "/add/" in self.url:
            self.url = answer.headers["Location"]
        return answer
