"""Errors to Sentry when SENTRY_DSN is set: what broke and where, nothing of who asked."""

import sentry_sdk

from .logs import discreet


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=without_the_reader,
    )


def without_the_reader(event: dict, hint: dict) -> dict:
    """Keep method and path of the request; drop its query string, form, cookies and headers."""
    event.pop("user", None)
    if asked := event.pop("request", None):
        event["request"] = {
            "method": asked.get("method"),
            "url": discreet(asked.get("url", "").partition("?")[0]),
        }
    for error in event.get("exception", {}).get("values", []):
        error["value"] = discreet(error.get("value") or "")
    return event
