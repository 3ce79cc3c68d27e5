"""The editors' desk for pages: draft, preview, publish, compare, restore, withdraw.

One mechanism: the posted form with its inlines is kept as a snapshot (`snapshots.py`). A draft is
a snapshot beside the live record; publishing posts it to the admin's own form and inlines; a
preview does the same inside a transaction that is rolled back; a revision is the snapshot of what
was published.
"""

from collections import Counter
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, resolve, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .addresses import path_of
from .attention import NeedsPages, has_draft
from .desk import ContentAdmin
from .history import History
from .middleware import content_policy
from .models import Draft, OldAddress, Revision
from .publishing import Finding, Publishable
from .revisions import LINK_LIFE, content_type_of

Status = Publishable.Status
PUBLISH_FIELDS = (
    _("Publishing"),
    {"fields": ["publish_at", "minor_edit", "change_note", "reader_note"]},
)


class StandIn:
    """Somebody who may see every field of a form, when it is replayed for a reader of a link."""

    pk = None
    is_active = is_staff = True
    is_authenticated = False

    def has_perm(self, permission, thing=None) -> bool:
        return True


class PageForm(forms.ModelForm):
    """The form of a page, with what is said about the change itself."""

    minor_edit = forms.BooleanField(
        required=False,
        label=_("minor edit"),
        help_text=_("A slip of the pen: the page keeps its date of change, and its review."),
    )
    change_note = forms.CharField(
        required=False,
        max_length=300,
        label=_("note for editors"),
        help_text=_("What changed and why; shown in the history."),
    )
    reader_note = forms.CharField(
        required=False,
        max_length=300,
        label=_("note for readers"),
        help_text=_("When something was wrong: one sentence, listed under Corrections."),
    )
    ABOUT_THE_CHANGE = ("minor_edit", "change_note", "reader_note")

    def clean_publish_at(self):
        publish_at = self.cleaned_data["publish_at"]
        later = publish_at and publish_at > timezone.now()
        if later and self.instance.pk and self.instance.was_live:
            raise forms.ValidationError(
                _("This page is live already; a later time would take it away until then.")
            )
        return publish_at


@dataclass
class Desk:
    """A page on the desk: its record, its draft, and its forms bound to what is shown."""

    request: HttpRequest
    page: Publishable | None
    draft: Draft | None
    form: PageForm
    formsets: list
    inlines: list
    record: dict

    @property
    def base(self) -> str:
        """Return what the form was opened on: changes when anybody saves or publishes."""
        draft = f"{self.draft.pk}.{self.draft.number}" if self.draft else "-"
        return f"{snapshots.fingerprint(self.record)} {draft}"


class PageAdmin(NeedsPages, History, ContentAdmin):
    """A page with drafts. Subclasses name the field that editors call it by."""

    form = PageForm
    title_field = "name"
    list_filter = ["status"]
    date_hierarchy = "updated_at"
    change_form_template = "admin/page_form.html"
    change_list_template = "admin/page_list.html"

    # Lists

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(has_draft=has_draft(self.model))

    @admin.display(description=_("status"), ordering="status")
    def state(self, page):
        if page.has_draft and page.is_published:
            return _("Live with unpublished changes")
        return page.state

    @admin.display(description=_("reviewed"), ordering="reviewed_on", empty_value=_("not yet"))
    def is_reviewed(self, page):
        return page.reviewed_on

    def changelist_view(self, request, extra_context=None):
        new = self.new_drafts(request, request.GET.get("needs", ""))
        extra = {
            "new_drafts": new.select_related("author"),
            "deleted_url": self.address("deleted")
            if self.has_add_permission(request) and self.deleted().exists()
            else "",
        }
        return super().changelist_view(request, extra | (extra_context or {}))

    # Addresses

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"

        def at(route, view, kind):
            return path(route, self.admin_site.admin_view(view), name=f"{name}_{kind}")

        return [
            at("drafts/<int:draft_id>/", self.preview_view, "draft"),
            at("drafts/<int:draft_id>/page/", self.preview_page_view, "draft_page"),
            at("drafts/<int:draft_id>/link/", self.link_view, "draft_link"),
            at("deleted/", self.deleted_view, "deleted"),
            at("revisions/<int:revision_id>/restore/", self.restore_view, "restore"),
            at("<path:object_id>/compare/", self.compare_view, "compare"),
            at("<path:object_id>/withdraw/", self.withdraw_view, "withdraw"),
            *super().get_urls(),
        ]

    def address(self, kind: str, *args) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"admin:{name}_{kind}", args=args)

    def address_of(self, page, draft) -> str:
        """Return where a page, or the draft of one that does not exist yet, is edited."""
        if page:
            return self.address("change", page.pk)
        query = QueryDict(mutable=True)
        query["draft"] = draft.pk
        return f"{self.address('add')}?{query.urlencode()}"

    # Forms

    def unbound(self, request, page):
        """Return the form, the inlines' formsets and the inlines of `page` as it is saved."""
        form_class = self.form_class(request, page)
        if page:
            form = form_class(instance=page)
        else:
            form = form_class(initial=self.get_changeform_initial_data(request))
        return form, *self.formsets_of(request, page, form.instance)

    def bound(self, request, page, data: QueryDict):
        """Return the same bound to `data`, whatever was requested."""
        form = self.form_class(request, page)(data, instance=page)
        return form, *self.formsets_of(request, page, form.instance, data)

    def form_class(self, request, page):
        fields = flatten_fieldsets(self.get_fieldsets(request, page))
        return self.get_form(request, page, change=bool(page), fields=fields)

    def formsets_of(self, request, page, instance, data=None):
        """Return formsets and inlines. Django's own method binds them to any posted data."""
        formsets, inlines, used = [], [], Counter()
        for formset_class, inline in self.get_formsets_with_inlines(request, page):
            prefix = formset_class.get_default_prefix()
            used[prefix] += 1
            if used[prefix] > 1:
                prefix = f"{prefix}-{used[prefix]}"
            kwargs = {"instance": instance, "prefix": prefix}
            kwargs["queryset"] = inline.get_queryset(request)
            if data is not None:
                kwargs["data"] = data
            elif page is None:
                kwargs["initial"] = self.first_rows(inline)
            formsets.append(formset_class(**kwargs))
            inlines.append(inline)
        return formsets, inlines

    def first_rows(self, inline) -> list[dict]:
        """Return the rows that `inline` of a new page starts with."""
        return []

    def find(self, request, object_id) -> tuple[Publishable | None, Draft | None]:
        """Return the page and its draft; for a page that does not exist yet, maybe a draft."""
        drafts = Draft.objects.filter(content_type=content_type_of(self.model))
        if object_id is None:
            number = request.GET.get("draft", "")
            if not number.isdecimal():
                return None, None
            draft = drafts.filter(object_id=None, pk=int(number[:18])).first()
            # Published or discarded while somebody typed: a POST is refused with what was typed.
            if draft is None and request.method != "POST":
                raise Http404
            return None, draft
        page = self.get_object(request, unquote(object_id))
        if page is None:
            return None, None
        page.was_live = page.is_published
        return page, drafts.filter(object_id=page.pk).first()

    def opened(self, request, page, draft, data: QueryDict | None = None) -> Desk:
        """Lay the page on the desk, as posted in `data`, as drafted, or as it is."""
        form, formsets, inlines = self.unbound(request, page)
        record = snapshots.of_record(form, formsets)
        if data is None and draft:
            data = snapshots.as_post(draft.snapshot, record, formsets)
        if data is not None:
            form, formsets, inlines = self.bound(request, page, data)
        return Desk(request, page, draft, form, formsets, inlines, record)

    def get_changeform_initial_data(self, request):
        """Take nothing from the address: a new page starts empty, or from a draft."""
        return {}

    # Editing

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
            raise PermissionDenied(_("A page cannot be made in a small window: it needs a draft."))
        # Only who saves may hold the lock of a SQLite database.
        with transaction.atomic() if request.method == "POST" else nullcontext():
            page, draft = self.find(request, object_id)
            if object_id is not None and page is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            may = (
                self.has_change_permission(request, page)
                if page
                else self.has_add_permission(request)
            )
            if not may:
                if request.method == "POST" or not self.has_view_permission(request, page):
                    raise PermissionDenied
                return super().changeform_view(request, object_id, form_url, extra_context)
            if request.method != "POST":
                desk = self.opened(request, page, draft)
                if draft:
                    hush(desk.form, desk.formsets)
                return self.show(desk, extra_context)
            return self.act(self.opened(request, page, draft, request.POST), extra_context)

    def act(self, desk: Desk, extra_context):
        """Do what the pressed button says with what was posted."""
        posted = desk.request.POST
        snapshot = snapshots.of_post(desk.form, desk.formsets)
        if posted.get("_base") != desk.base:
            return self.refuse(desk, snapshot, extra_context)
        if "_discard" in posted:
            return self.discard(desk)
        if not self.keep(desk, snapshot):
            hush(desk.form, desk.formsets)
            desk.form.add_error(self.title_field, _("Give it a name first; all else can wait."))
            return self.show(desk, extra_context)
        if "_publish" in posted and (desk.draft or not desk.page.is_published):
            return self.publish(desk, extra_context)
        if "_preview" in posted and desk.draft:
            return redirect(self.address("draft", desk.draft.pk))
        if "_preview" in posted:
            return redirect(desk.page.get_absolute_url())
        if "_hand_in" in posted and desk.draft:
            desk.draft.for_review = True
            desk.draft.save(update_fields=["for_review"])
            messages.success(desk.request, _("Handed in: it waits for an editor to publish it."))
        elif desk.draft:
            messages.success(desk.request, _("Saved as a draft. Readers do not see it."))
        else:
            messages.info(desk.request, _("Nothing has changed since this page was published."))
        return redirect(self.address_of(desk.page, desk.draft))

    def keep(self, desk: Desk, snapshot) -> bool:
        """Keep what was posted as the draft of the page; False when it has no name."""
        title = " ".join(snapshot["fields"].get(self.title_field, [""])).strip()
        if not title:
            return False
        if desk.page and snapshots.same(snapshot, desk.record) and desk.page.status != Status.DRAFT:
            if desk.draft:
                self.keep_of_another(desk)
                desk.draft.delete()
            desk.draft = None
            return True
        draft = desk.draft or Draft(
            content_type=content_type_of(self.model), object_id=desk.page and desk.page.pk
        )
        if draft.pk:
            self.keep_of_another(desk)
            draft.number += 1
        draft.title, draft.snapshot, draft.author = title[:200], snapshot, desk.request.user
        draft.save()
        desk.draft = draft
        return True

    def keep_of_another(self, desk: Desk) -> None:
        """Keep what somebody else drafted in the history, before it is written over."""
        if desk.draft.author != desk.request.user:
            self.set_aside(desk.request, desk.draft)

    def set_aside(self, request, draft: Draft) -> None:
        """Keep a draft that is discarded, or that somebody else writes on, in the history."""
        Revision.objects.create(
            content_type=draft.content_type,
            object_id=draft.object_id or 0,
            kind=Revision.Kind.SET_ASIDE,
            title=draft.title,
            snapshot=draft.snapshot,
            note=f"By {request.user}"[:300],
            author=draft.author,
        )

    def discard(self, desk: Desk):
        if desk.draft:
            self.set_aside(desk.request, desk.draft)
            desk.draft.delete()
            messages.success(
                desk.request,
                _("The draft is discarded; the page is as it was. The history keeps the draft.")
                if desk.page
                else _("The draft is discarded. It is kept under “Deleted”."),
            )
        if desk.page:
            return redirect(self.address("change", desk.page.pk))
        return redirect(self.address("changelist"))

    def refuse(self, desk: Desk, snapshot, extra_context):
        """Show what somebody else saved meanwhile beside what was typed; overwrite nothing."""
        theirs = desk.draft.snapshot if desk.draft else desk.record
        hush(desk.form, desk.formsets)
        extra = {
            "conflict": snapshots.compare(
                theirs, snapshot, *self.unbound(desk.request, desk.page)[:2]
            ),
            "theirs_by": self.last_author(desk),
        }
        return self.show(desk, extra | (extra_context or {}), status=409)

    def last_author(self, desk: Desk):
        """Return who saved last what the desk has of a page, None when nobody on the desk did."""
        if desk.draft:
            return desk.draft.author
        revision = Revision.of(desk.page).select_related("author").first() if desk.page else None
        return revision and revision.author

    def publish(self, desk: Desk, extra_context):
        """Save the page and show it to readers, or say what is missing and keep the draft."""
        request = desk.request
        if not self.may_publish(request):
            raise PermissionDenied
        before = desk.page.get_absolute_url() if desk.page and desk.page.was_live else ""
        findings = self.save_to_publish(desk)
        stops = [finding for finding in findings if finding.stops]
        if stops:
            messages.error(request, _("Not published yet; what you typed is kept as a draft."))
            # Read anew: the forms have written what was typed into the record in memory.
            page, draft = self.find(request, str(desk.page.pk) if desk.page else None)
            again = self.opened(request, page, draft or desk.draft, request.POST)
            again.form.instance.status = Status.PUBLISHED
            if not all_valid([again.form, *again.formsets]):
                findings = []  # The form says it itself, beside each field.
            return self.show(again, {"findings": findings} | (extra_context or {}))
        page = desk.form.instance
        changed = self.construct_change_message(request, desk.form, desk.formsets, not desk.page)
        (self.log_change if desk.page else self.log_addition)(request, page, changed)
        self.record_revision(request, page, Revision.Kind.PUBLISHED, desk)
        if desk.draft:
            desk.draft.delete()
        for finding in findings:
            messages.warning(request, finding.sentence)
        if before and path_of(before) != path_of(page.get_absolute_url()):
            OldAddress.moved(before, page.get_absolute_url())
            messages.info(
                request,
                _("%(old)s now leads to %(new)s.")
                % {"old": before, "new": page.get_absolute_url()},
            )
        else:
            OldAddress.objects.filter(path=page.get_absolute_url()).delete()
        messages.success(request, _("Published.") if page.is_published else str(page.state) + ".")
        return redirect(self.address("change", page.pk))

    def save_forms(self, desk: Desk, status: str) -> list[Finding]:
        """Save the bound forms through the admin's own steps; return their errors instead."""
        page = desk.form.instance
        page.status = status
        valid = desk.form.is_valid()
        if not (all_valid(desk.formsets) and valid):
            return list(errors_of(desk.form, desk.formsets))
        change = desk.page is not None
        saved = self.save_form(desk.request, desk.form, change)
        self.save_model(desk.request, saved, desk.form, change)
        self.save_related(desk.request, desk.form, desk.formsets, change)
        return []

    def save_to_publish(self, desk: Desk) -> list[Finding]:
        """Save the page as readers will see it; what stops publishing undoes that."""
        page = desk.form.instance
        page.withdrawn_reason = page.redirect_to = ""
        if desk.form.data.get("minor_edit") != "on":
            page.changed_on = timezone.localdate()
        point = transaction.savepoint()
        findings = self.save_forms(desk, Status.PUBLISHED)
        if not findings:
            findings = self.model.objects.get(pk=page.pk).findings()
        if any(finding.stops for finding in findings):
            transaction.savepoint_rollback(point)
        else:
            transaction.savepoint_commit(point)
        return findings

    def record_revision(self, request, page, kind, desk: Desk | None = None, **values) -> None:
        """Keep the page as it is now, with what differs from the revision before in words."""
        form, formsets, _inlines = self.unbound(request, page)
        snapshot = snapshots.of_record(form, formsets)
        revisions = Revision.of(page)
        before = revisions.exclude(kind=Revision.Kind.SET_ASIDE).first()
        common = {
            "content_type": content_type_of(self.model),
            "object_id": page.pk,
            "title": str(page)[:200],
            "url": page.get_absolute_url(),
        }
        if (
            desk
            and desk.page
            and (before is None or not snapshots.same(before.snapshot, desk.record))
        ):
            before = Revision.objects.create(
                **common,
                kind=Revision.Kind.ELSEWHERE,
                snapshot=desk.record,
                summary=self.in_words(before.snapshot, desk.record, form, formsets)
                if before
                else "",
            )
        told = desk.form.cleaned_data if desk else {}
        Revision.objects.create(
            **common,
            kind=kind,
            snapshot=snapshot,
            summary=self.in_words(before.snapshot, snapshot, form, formsets) if before else "",
            note=told.get("change_note", ""),
            reader_note=told.get("reader_note", ""),
            **({"author": request.user} | values),
        )

    def remember(self, request, page) -> None:
        """Keep the page as it is, when the history does not have it so already."""
        form, formsets, _inlines = self.unbound(request, page)
        last = Revision.of(page).exclude(kind=Revision.Kind.SET_ASIDE).first()
        if last is None or not snapshots.same(last.snapshot, snapshots.of_record(form, formsets)):
            self.record_revision(request, page, Revision.Kind.ELSEWHERE, author=None)

    def in_words(self, old, new, form, formsets) -> str:
        labels = [change.label for change in snapshots.compare(old, new, form, formsets)]
        return ", ".join(dict.fromkeys(labels))

    # Previews

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
        reader = copy(request)
        reader.user, reader.method, reader.GET = StandIn(), "GET", QueryDict()
        reader.is_preview = True
        reader._messages = FallbackStorage(reader)  # What saving says is for nobody.
        with transaction.atomic():
            page = None
            if draft.object_id:
                page, _draft = self.find(reader, str(draft.object_id))
                if page is None:
                    raise Http404
            desk = self.opened(reader, page, draft)
            desk.form.instance.is_preview = True
            live = page is not None and page.is_published
            errors = self.save_forms(desk, Status.PUBLISHED if live else Status.DRAFT)
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

    # The form's page

    def show(self, desk: Desk, extra_context=None, status=200):
        """Return the form as the admin lays it out, with the buttons of a page."""
        request, page = desk.request, desk.page
        fieldsets = self.get_fieldsets(request, page)
        admin_form = helpers.AdminForm(
            desk.form,
            list(fieldsets),
            self.get_prepopulated_fields(request, page),
            self.get_readonly_fields(request, page),
            model_admin=self,
        )
        inlines = self.get_inline_formsets(request, desk.formsets, desk.inlines, page)
        media = self.media + admin_form.media
        for inline in inlines:
            media += inline.media
        context = {
            **self.admin_site.each_context(request),
            "title": (_("Change %s") if page else _("Add %s")) % self.opts.verbose_name,
            "subtitle": str(page) if page else None,
            "adminform": admin_form,
            "object_id": page and page.pk,
            "original": page,
            "is_popup": False,
            "media": media,
            "inline_admin_formsets": inlines,
            "errors": helpers.AdminErrorList(desk.form, desk.formsets),
            "preserved_filters": self.get_preserved_filters(request),
            "draft": desk.draft,
            "base": desk.base,
            "may_publish": self.may_publish(request),
            "state": self.state_of(desk),
            "withdraw_url": page
            and page.status == Status.PUBLISHED
            and self.address("withdraw", page.pk),
            **(extra_context or {}),
        }
        # The draft of a new page is known by its address only.
        form_url = self.address_of(None, desk.draft) if desk.draft and not page else ""
        response = self.render_change_form(
            request, context, add=not page, change=bool(page), form_url=form_url, obj=page
        )
        response.status_code = status
        return response

    def state_of(self, desk: Desk) -> str:
        if desk.page is None:
            return _("Draft of a new page") if desk.draft else _("New")
        if desk.draft and desk.page.is_published:
            return _("Live with unpublished changes")
        return desk.page.state

    def may_publish(self, request) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")


def hush(form, formsets) -> None:
    """Show bound forms without errors: a draft may be as incomplete as it likes."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    for formset in formsets:
        formset._errors, formset._non_form_errors = [], formset.error_class()
        for row in formset.forms:
            row._errors, row.cleaned_data = ErrorDict(), {}
            formset._errors.append(row._errors)


def errors_of(form, formsets):
    """Yield the errors of bound forms as findings, each with the input it belongs to."""
    yield from errors_of_fields(form, "")
    for formset in formsets:
        group = f"{formset.prefix}-group"
        for sentence in formset.non_form_errors():
            yield Finding(group, sentence)
        for row in formset.forms:
            yield from errors_of_fields(row, group)


def errors_of_fields(form, otherwise: str):
    """Yield the errors of one form; those of no field belong to `otherwise`."""
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        for error in errors:
            for sentence in error.messages:
                if field and error.code:  # Django's own words do not say which field they mean.
                    sentence = f"{capfirst(str(field.label))}: {sentence}"
                yield Finding(form.add_prefix(name) if field else otherwise, sentence)
