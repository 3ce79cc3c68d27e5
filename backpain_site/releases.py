"""Publishing from the desk: a draft replayed for good, checked, and kept in the history."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .models import OldAddress, Revision
from .page_forms import Desk, errors_of
from .publishing import Finding, Publishable
from .revisions import content_type_of

Status = Publishable.Status


class Releases:
    """What the desk of a page does to show it to readers; part of `drafting.PageAdmin`."""

    def may_publish(self, request) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")

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
        if before and before != page.get_absolute_url():
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
