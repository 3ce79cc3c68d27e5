"""The editors' desk for pages: draft, preview, publish, compare, restore, withdraw.

One mechanism: the posted form with its inlines is kept as a snapshot (`snapshots.py`). A draft is
a snapshot beside the live record; publishing posts it to the admin's own form and inlines; a
preview does the same inside a transaction that is rolled back; a revision is the snapshot of what
was published.
"""

from collections import Counter
from contextlib import nullcontext

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Subquery
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .attention import NeedsPages, drafts_of
from .desk import ContentAdmin
from .history import History
from .models import Draft, Revision
from .page_forms import Desk, PageForm, hush
from .previews import Previews
from .publishing import Publishable, in_full
from .releases import Releases
from .revisions import content_type_of

Status = Publishable.Status
# How the inputs begin that choose between two versions of a field or row.
SIDE = "_side "
# How many versions back a form may have been opened.
MOST_VERSIONS = 20


class PageAdmin(NeedsPages, History, Previews, Releases, ContentAdmin):
    """A page with drafts. Subclasses name the field that editors call it by."""

    form = PageForm
    title_field = "name"
    list_filter = ["status"]
    date_hierarchy = "updated_at"
    change_form_template = "admin/page_form.html"
    change_list_template = "admin/page_list.html"
    delete_confirmation_template = "admin/page_delete.html"

    # Lists

    def get_queryset(self, request):
        drafts = drafts_of(self.model)
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_draft=Exists(drafts),
                changes_at=Subquery(drafts.values("publish_at")),
                problem=Subquery(drafts.values("problem")),
            )
        )

    @admin.display(description=_("status"), ordering="status")
    def state(self, page):
        if page.has_draft and page.is_published:
            return state_of_changes(page.changes_at, page.problem)
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

    def find(self, request, object_id, *, to_save=False) -> tuple[Publishable | None, Draft | None]:
        """Return the page and its draft; for a page that does not exist yet, maybe a draft.

        Who wants `to_save` waits until nobody else is saving or publishing the draft.
        """
        if object_id is None:
            number = request.GET.get("draft", "")
            if not number.isdecimal():
                return None, None
            draft = Draft.of_new(self.model).filter(pk=int(number[:18])).first()
            # Published or discarded while somebody typed: a POST is refused with what was typed.
            if draft is None and request.method != "POST":
                raise Http404
            return None, draft
        page = self.get_object(request, unquote(object_id))
        if page is None:
            return None, None
        drafts = Draft.of(page)
        return page, (drafts.select_for_update() if to_save else drafts).first()

    def opened(self, request, page, draft, data: QueryDict | None = None) -> Desk:
        """Lay the page on the desk, as posted in `data`, as drafted, or as it is."""
        form, formsets, inlines = self.unbound(request, page)
        record = snapshots.of_record(form, formsets)
        live_at = page.get_absolute_url() if page and page.is_published else ""
        has_appeared = bool(page and page.publish_at and page.publish_at <= timezone.now())
        if data is None and draft:
            data = snapshots.as_post(draft.snapshot, record, formsets)
        if data is not None:
            form, formsets, inlines = self.bound(request, page, data)
        return Desk(request, page, draft, form, formsets, inlines, record, live_at, has_appeared)

    def get_changeform_initial_data(self, request):
        """Take nothing from the address: a new page starts empty, or from a draft."""
        return {}

    # Editing

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
            raise PermissionDenied(_("A page cannot be made in a small window: it needs a draft."))
        # Only who saves may hold the lock of a SQLite database.
        with transaction.atomic() if request.method == "POST" else nullcontext():
            page, draft = self.find(request, object_id, to_save=request.method == "POST")
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
            desk = self.opened(request, page, draft, snapshots.without_nul(request.POST))
            return self.act(self.with_theirs(desk), extra_context)

    def act(self, desk: Desk, extra_context):
        """Do what the pressed button says with what was posted."""
        posted = desk.request.POST
        snapshot = snapshots.of_post(desk.form, desk.formsets)
        snapshot["fields"] = desk.with_past_time(snapshot["fields"])
        if posted.get("_base") != desk.base:
            return self.refuse(desk, snapshot, extra_context)
        if "_discard" in posted:
            return self.discard(desk)
        if "_unschedule" in posted:
            snapshot["fields"] |= desk.own_time
        scheduled = desk.draft and desk.draft.publish_at
        if not self.keep(desk, snapshot):
            if "_publish" in posted and self.may_publish(desk.request):
                messages.error(desk.request, _("Nothing is kept yet: a draft needs a name."))
                return self.show_what_stops(desk, [], extra_context)
            hush(desk.form, desk.formsets)
            desk.form.add_error(self.title_field, _("Fill this in first; all else can wait."))
            return self.show(desk, extra_context)
        if "_publish" in posted and (desk.draft or not desk.page.is_published):
            return self.publish(desk, extra_context)
        if scheduled and not (desk.draft and desk.draft.publish_at):
            messages.warning(desk.request, _("The changes are no longer scheduled."))
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
            if not snapshots.same(snapshot, draft.snapshot):  # What was checked is another thing.
                draft.publish_at, draft.problem = None, ""
        draft.title, draft.snapshot, draft.author = title[:200], snapshot, desk.request.user
        draft.save()
        desk.draft = draft
        return True

    def keep_of_another(self, desk: Desk) -> None:
        """Keep what somebody else, or another window, drafted before it is written over."""
        chose = any(name.startswith(SIDE) for name in desk.request.POST)
        if chose or desk.draft.author != desk.request.user:
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
        hush(desk.form, desk.formsets)
        form, formsets, _inlines = self.unbound(desk.request, desk.page)
        conflict = snapshots.compare(desk.there, snapshot, form, formsets)
        before = self.opened_on(desk)
        typed = snapshots.compare(before, snapshot, form, formsets) if before else conflict
        extra = {
            "conflict": conflict,
            "side": SIDE,
            # What only the other editor changed stays theirs unless somebody says otherwise.
            "untouched": {change.key for change in conflict} - {change.key for change in typed},
            "theirs_by": self.last_author(desk),
        }
        return self.show(desk, extra | (extra_context or {}), status=409)

    def opened_on(self, desk: Desk) -> dict | None:
        """Return the version that the editor's form showed at first, None when it is not kept."""
        fingerprint, _, drafted = desk.request.POST.get("_base", "").partition(" ")
        if not desk.page or drafted != "-":
            return None
        kept = Revision.of(desk.page)[:MOST_VERSIONS].values_list("snapshot", flat=True)
        versions = [desk.record, *kept]
        return next((one for one in versions if snapshots.fingerprint(one) == fingerprint), None)

    def with_theirs(self, desk: Desk) -> Desk:
        """Return the desk with what the editor chose of the other version after a conflict."""
        posted = desk.request.POST
        keys = {
            name.removeprefix(SIDE)
            for name, side in posted.items()
            if name.startswith(SIDE) and side == "theirs"
        }
        if not keys or posted.get("_base") != desk.base:
            return desk
        mine = snapshots.of_post(desk.form, desk.formsets)
        snapshot = snapshots.merged(mine, desk.there, keys, desk.form)
        data = snapshots.as_post(snapshot, desk.record, desk.formsets)
        return self.opened(desk.request, desk.page, desk.draft, data)

    def last_author(self, desk: Desk):
        """Return who saved last what the desk has of a page, None when nobody on the desk did."""
        if desk.draft:
            return desk.draft.author
        revision = Revision.of(desk.page).select_related("author").first() if desk.page else None
        return revision and revision.author

    # The form's page

    def show(self, desk: Desk, extra_context=None, status=200):
        """Return the form as the admin lays it out, with the buttons of a page."""
        request, page = desk.request, desk.page
        desk.hide_past_time()
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
            return state_of_changes(desk.draft.publish_at, desk.draft.problem)
        return desk.page.state


def state_of_changes(publish_at, problem: str) -> str:
    """Return where a live page with a draft stands, for editors."""
    if publish_at:
        return _("Live, changes scheduled for %s") % in_full(publish_at)
    if problem:
        return _("Live, scheduled changes not published")
    return _("Live with unpublished changes")
