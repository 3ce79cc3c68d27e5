"""Addresses of this site as editors type them: is there a page, and is it ours?"""

from collections.abc import Callable, Container
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext_lazy as _

from .pages import PageView
from .publishing import Publishable

# Addresses that answer, but with no page to read.
NO_PAGES = {
    *("draft", "media", "suggest", "healthz", "favicon", "robots", "feed", "sitemap"),
    *("report", "report_thanks", "markdownx_markdownify", "markdownx_upload"),
}


def own_address(text: str) -> str:
    """Return `text` without the spaces around it; ValidationError unless it is on this site."""
    address = text.strip()
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        raise ValidationError(_("Write an address of this site that begins with one /."))
    return address


def path_of(address: str) -> str:
    """Return the path of `address` as the server sees it."""
    return unquote(address.split("?")[0].split("#")[0])


def is_taken(path: str) -> bool:
    """Return whether something other than "not found" answers readers at `path`.

    Pages not yet published answer nothing; withdrawn ones tell why, or lead elsewhere.
    """
    return any(
        answers(address, lambda pages: pages.exclude(status=Publishable.Status.DRAFT))
        for address in {path, f"{path.rstrip('/')}/"}  # Without its / it leads to the one with.
    )


def page_at(path: str) -> Publishable | None:
    """Return the page that readers find at exactly `path` now; None for a list or nothing."""
    _match, pages = found_at(path)
    return None if pages is None else at(path, pages.published())


def is_live(path: str) -> bool:
    """Return whether readers find a page at exactly `path` now."""
    return answers(path, lambda pages: pages.published(), but={"admin", *NO_PAGES})


def answers(address: str, those: Callable[[QuerySet], QuerySet], but: Container[str] = ()) -> bool:
    """Return whether one of `those` pages is at `address`, or a view that is not named in `but`."""
    match, pages = found_at(address)
    if pages is not None:
        return at(address, those(pages)) is not None
    return bool(match) and match.app_name not in but and match.url_name not in but


def found_at(address: str) -> tuple[ResolverMatch | None, QuerySet | None]:
    """Return what answers at `address`, and the pages it shows one of, drafts too."""
    try:
        match = resolve(address)
    except Resolver404:
        return None, None
    view_class = getattr(match.func, "view_class", None)
    is_page = view_class and issubclass(view_class, PageView)
    return match, view_class.model.objects.all() if is_page else None


def at(address: str, pages: QuerySet) -> Publishable | None:
    return next((page for page in pages if page.get_absolute_url() == address), None)


def live_path(text: str) -> str:
    """Return the path of the address `text` when readers find a page of ours there, else ""."""
    try:
        path = path_of(own_address(text))
    except ValidationError:
        return ""
    return path if is_live(path) else ""
