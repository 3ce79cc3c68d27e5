"""What a browser would post from the forms of a page."""

from html.parser import HTMLParser


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
                self.data[name] = "on"
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
