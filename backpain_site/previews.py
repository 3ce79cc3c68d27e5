"""Drafts as readers would see them: at two widths for editors, by a signed link for reviewers."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .addresses import path_of
from .middleware import content_policy
from .models import Draft
from .page_forms import Desk, StandIn, silent
from .publishing import Finding, Publishable
from .revisions import LINK_LIFE, content_type_of

Status = Publishable.Status


class Previews:
    """What the desk of a page does with a draft before it is published; of `drafting.PageAdmin`."""

    def one_draft(self, request, draft_id: int) -> Draft:
        """Return the draft, for people who may change what it is of."""
        draft = get_object_or_404(Draft, pk=draft_id, content_type=content_type_of(self.model))
        if not (self.has_change_permission(request) or draft.author_id == request.user.pk):
            raise PermissionDenied
        return draft

    def preview_view(self, request, draft_id: int):
        """Show the draft at the width of a phone and of a desk, and its review link."""
        draft = self.one_draft(request, draft_id)
        page = self.model.objects.filter(pk=draft.object_id).first()
        link = draft.token and reverse("draft", args=[draft.token])
        response = self.laid_out(
            request,
            "draft_preview.html",
            title=_("Preview of %s") % draft,
            page=draft,
            edit_url=self.address_of(page, draft),
            page_url=self.address("draft_page", draft.pk),
            link_form_url=self.address("draft_link", draft.pk),
            link=link and request.build_absolute_uri(link),
            days=LINK_LIFE.days,
        )
        response["Content-Security-Policy"] = content_policy({"frame-src": ["'self'"]})
        return response

    def preview_page_view(self, request, draft_id: int):
        return self.draft_page(request, self.one_draft(request, draft_id))

    def link_view(self, request, draft_id: int):
        """Make the draft's review link, or take it back."""
        draft = self.one_draft(request, draft_id)
        if request.method == "POST" and "_revoke" in request.POST:
            draft.revoke_link()
            messages.success(request, _("The link no longer opens the draft."))
        elif request.method == "POST":
            draft.make_link()
        return redirect(self.address("draft", draft.pk))

    def draft_page(self, request, draft: Draft):
        """Return the public page as `draft` would make it; nothing of it is kept."""
        reader = silent(request)
        reader.user, reader.method, reader.GET = StandIn(), "GET", QueryDict()
        reader.is_preview = True
        with transaction.atomic():
            desk, errors = self.saved_for_preview(reader, draft)
            if errors:
                response = render(reader, "draft_refused.html", {"errors": errors, "draft": draft})
            else:
                reader.previewed = desk.form.instance
                reader.path = reader.path_info = path_of(reader.previewed.get_absolute_url())
                view, args, kwargs = resolve(reader.path)
                response = view(reader, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
            transaction.set_rollback(True)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Content-Security-Policy"] = content_policy({"frame-ancestors": ["'self'"]})
        return response

    def saved_for_preview(self, reader, draft: Draft) -> tuple[Desk, list[Finding]]:
        """Save `draft` as far as it can be shown; what stops even that is returned.

        Wrong inputs are left out, or filled in where the database needs them. The page says so
        (`reader.preview_notes`).
        """
        reader.preview_notes, data = {}, None
        for _attempt in range(3):  # What is filled in may be wrong beside the rest.
            page = None
            if draft.object_id:
                page, _draft = self.find(reader, str(draft.object_id))
                if page is None:
                    raise Http404
            desk = self.opened(reader, page, draft, data)
            desk.form.instance.is_preview = True
            live = page is not None and page.is_published
            errors = self.save_forms(desk, Status.PUBLISHED if live else Status.DRAFT)
            data = self.mended(desk)
            if not errors or data == desk.form.data:
                break
            for error in errors:
                reader.preview_notes.setdefault(error.field, error.sentence)
        return desk, errors

    def mended(self, desk: Desk) -> QueryDict:
        """Return what is bound to the forms of `desk` without the inputs that have errors."""
        data = desk.form.data.copy()
        for name in desk.form.errors.keys() & desk.form.fields.keys():
            field = desk.form.fields[name]
            for entry in snapshots.inputs(field.widget, name):
                data.setlist(entry, [])
            if field.required:
                data[name] = self.stand_in(name, field, desk.form.data)
        for formset in desk.formsets:
            for row in formset.forms:
                if row.errors:
                    data[row.add_prefix(DELETION_FIELD_NAME)] = "on"
        return data

    def stand_in(self, name: str, field: forms.Field, data: QueryDict) -> str:
        """Return an input that `field` takes, for a preview beside `data`."""
        if isinstance(field, forms.ModelChoiceField):
            return str(getattr(field.queryset.first(), "pk", ""))
        if isinstance(field, forms.ChoiceField):
            return next((str(value) for value, _label in field.choices if value), "")
        if isinstance(field, forms.IntegerField):
            return "0"
        return "preview" if isinstance(field, forms.SlugField) else "…"
