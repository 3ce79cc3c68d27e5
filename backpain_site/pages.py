"""What every public page view shares: published things only, drafts for their editors."""

from functools import wraps

from django.conf import settings
from django.contrib.admin.utils import quote
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.generic import DetailView, ListView

from .memo import remembered
from .publishing import Publishable, may_change

# Browsers ask again each time, and get 304; a cache in front of the site asks once a minute.
PUBLIC = "public, max-age=0, must-revalidate, s-maxage=60"


def held(view):
    """Let what `view` answers to readers be kept: in `copies.PageCopies`, and by caches on the way.

    Whoever has a session is answered for themselves alone, see HeadersMiddleware.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            response.headers.setdefault("Cache-Control", PUBLIC)
        return response

    answer.held = True
    return answer


def form_of(page) -> str:
    """Return the address of the form where `page` is changed."""
    options = page._meta
    name = f"admin:{options.app_label}_{options.model_name}_change"
    return reverse(name, args=[quote(page.pk)])


def edit_url(user, page) -> str | None:
    """Return where `user` may change `page` in the admin, None when they may not."""
    return form_of(page) if user.is_authenticated and may_change(user, page) else None


def medical_web_page(page, name: str, description: str) -> dict:
    """Return the structured data of a page; it claims a review only where one is recorded."""
    data = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": name,
        "description": description,
        "url": f"{settings.SITE_URL}{page.get_absolute_url()}",
        "inLanguage": "en-GB",
        "datePublished": page.publish_at.date().isoformat() if page.publish_at else None,
        "dateModified": (page.changed_on or page.updated_at.date()).isoformat(),
        "audience": {"@type": "PeopleAudience", "audienceType": "Patient"},
    }
    if page.reviewed_by:
        data["lastReviewed"] = page.reviewed_on.isoformat()
        data["reviewedBy"] = {"@type": "Person", "name": page.reviewed_by}
    return {key: value for key, value in data.items() if value is not None}


class PageView(DetailView):
    """A page at its public address; a person who may change it sees the draft there too."""

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user)

    def get_object(self, queryset=None):
        """Return the page; for readers it is read once."""
        if may_change(self.request.user, self.model):
            return self.find()
        return remembered(("page", self.request.path), self.find)

    def find(self):
        return super().get_object()

    def get(self, request, *args, **kwargs):
        """Answer for a withdrawn page too: with where it sends readers, or with the reason."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            page = self.withdrawn_page()
            if page is None:
                raise
            if page.redirect_to:
                return redirect(page.redirect_to)
            gone = render(request, "gone.html", {"page": page}, status=410)
            add_never_cache_headers(gone)  # It may be back any time.
            return gone

    def withdrawn_page(self):
        slug = self.kwargs.get("slug", "").replace("\0", "")
        withdrawn = self.model.objects.filter(status=Publishable.Status.WITHDRAWN)
        return withdrawn.filter(slug=slug).first()

    def get_context_data(self, **kwargs):
        page = self.object
        return super().get_context_data(
            page=page,
            edit_url=edit_url(self.request.user, page),
            kept_as=self.kept_as(),
            page_data=medical_web_page(page, str(page), page.summary),
            **kwargs,
        )

    def kept_as(self) -> str | None:
        """Return what the page's content is kept as for the next reader; None for a draft."""
        return self.request.path if self.object.is_published else None

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if not self.object.is_published:
            add_never_cache_headers(response)
        return response


class PagedList(ListView):
    """A list at one address, so many entries a page; each page is its own canonical address."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        if page and page.number > 1:
            here = f"{settings.SITE_URL}{self.request.path}?page={page.number}"
            context["canonical_url"] = here
        return context
