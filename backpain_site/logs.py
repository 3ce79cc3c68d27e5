"""What the server writes down: no query string, no address of a reader, no secret.

What somebody searches, or must avoid, is about their health; a review link opens a draft.
"""

import json
import logging
import re
from datetime import UTC, datetime

QUERY = re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]*")
REVIEW_LINK = re.compile(r"/draft/[^\s/'\"]+")
# The values of a row that PostgreSQL refused.
DETAIL = re.compile(r"^DETAIL: .*\n?", re.MULTILINE)
ACCESS = "%(method)s %(path)s %(status)d %(dt_ms).0f ms"


def discreet(text: str) -> str:
    """Return `text` without what no log may hold."""
    return DETAIL.sub("", REVIEW_LINK.sub("/draft/…", QUERY.sub(r"\1", text)))


def without_trace_of_strangers(record: logging.LogRecord) -> bool:
    """Leave one line of what anybody may cause, as often as they like: a wrong host, many fields.

    Django writes an error with where in its code it was found.
    """
    if record.name.startswith("django.security."):
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


class LineFormatter(logging.Formatter):
    """For a terminal."""

    def format(self, record):
        return discreet(super().format(record))


class JSONFormatter(logging.Formatter):
    """For a machine: one object a line."""

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": discreet(record.getMessage()),
        }
        if record.name == "granian.access":
            asked = record.args
            line |= {"method": asked["method"], "path": discreet(asked["path"])}
            line |= {"status": asked["status"], "ms": round(asked["dt_ms"], 1)}
        elif hasattr(record, "status_code"):
            line |= {"method": record.request.method, "path": discreet(record.request.path)}
            line["status"] = record.status_code
        if record.exc_info:
            line["exception"] = discreet(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
