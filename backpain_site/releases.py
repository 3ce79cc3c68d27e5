"""Publishing from the desk: a draft replayed for good, checked, and kept in the history."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .addresses import path_of
from .links import findings_of_links
from .models import ContentVersion, Draft, OldAddress, Revision
from .page_forms import Desk, StandIn, errors_of, put_beside, silent
from .publishing import Finding, Publishable, in_full
from .revisions import content_type_of
from .scheduling import timetable

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
        desk.form.instance.status = Status.PUBLISHED
        desk.form.is_valid()  # Reads whether the changes are to wait.
        if desk.form.changes_at:
            return self.schedule(desk, extra_context)
        findings = self.save_to_publish(desk)
        if stop(findings):
            messages.error(request, _("Not published yet; what you typed is kept as a draft."))
            return self.show_what_stops(desk, findings, extra_context)
        self.release(desk)
        page = desk.form.instance
        for finding in findings:
            messages.warning(request, finding.as_link())
        messages.success(request, _("Published.") if page.is_published else str(page.state) + ".")
        return redirect(self.address("change", page.pk))

    def show_what_stops(self, desk: Desk, findings: list[Finding], extra_context):
        """Show the form with all that is wrong or missing, each beside its field."""
        # Read anew: the forms have written what was typed into the record in memory.
        page, draft = self.find(desk.request, str(desk.page.pk) if desk.page else None)
        again = self.opened(desk.request, page, draft or desk.draft, desk.form.data)
        again.form.instance.status = Status.PUBLISHED
        if not all_valid([again.form, *again.formsets]):
            findings = self.findings_of_the_rest(desk)
        put_beside(again.form, again.formsets, findings)
        advice = [finding for finding in findings if not finding.stops]
        return self.show(again, {"advice": advice} | (extra_context or {}))

    def findings_of_the_rest(self, desk: Desk) -> list[Finding]:
        """Return what the page lacks besides its wrong inputs, as a preview would save it."""
        draft = Draft(
            object_id=desk.page and desk.page.pk,
            snapshot=snapshots.of_post(desk.form, desk.formsets),
        )
        point = transaction.savepoint()
        trial, errors = self.saved_for_preview(silent(desk.request), draft)
        page = trial.form.instance
        findings = [] if errors else self.findings_of(page.pk)
        transaction.savepoint_rollback(point)
        return findings

    def release(self, desk: Desk) -> None:
        """Record what was published; the draft goes, and an address that moved leads on."""
        request, page = desk.request, desk.form.instance
        changed = self.construct_change_message(request, desk.form, desk.formsets, not desk.page)
        (self.log_change if desk.page else self.log_addition)(request, page, changed)
        self.record_revision(request, page, Revision.Kind.PUBLISHED, desk)
        if desk.draft:
            desk.draft.delete()
        new = page.get_absolute_url()
        if desk.live_at and path_of(desk.live_at) != path_of(new):
            OldAddress.moved(desk.live_at, new)
            messages.info(
                request, _("%(old)s now leads to %(new)s.") % {"old": desk.live_at, "new": new}
            )
        else:
            OldAddress.objects.filter(path=new).delete()

    # Changes of a live page at a later time

    def schedule(self, desk: Desk, extra_context):
        """Let the changes of a live page publish themselves later, if they might do so now."""
        request = desk.request
        point = transaction.savepoint()
        findings = self.save_to_publish(replace(desk, request=silent(request)))
        transaction.savepoint_rollback(point)
        if stop(findings):
            messages.error(request, _("Not scheduled yet; what you typed is kept as a draft."))
            return self.show_what_stops(desk, findings, extra_context)
        draft = desk.draft
        draft.publish_at, draft.scheduled_by = desk.form.changes_at, request.user
        draft.scheduled_on = snapshots.fingerprint(desk.record)
        draft.save()
        ContentVersion.bump()  # Pages that are held must not outlast this time.
        timetable.expect(draft.publish_at)
        for finding in findings:
            messages.warning(request, finding.as_link())
        messages.success(
            request,
            _("Scheduled: readers see these changes from %s.") % in_full(draft.publish_at),
        )
        return redirect(self.address("change", desk.page.pk))

    def publish_scheduled(self, draft: Draft) -> str:
        """Publish `draft` in the name of who scheduled it; return the sentence of what stops it."""
        request = silent(HttpRequest())
        request.user = draft.scheduled_by or StandIn()
        page, _draft = self.find(request, str(draft.object_id))
        if page is None:
            return _("The page is gone.")
        record = self.opened(request, page, None)
        draft.snapshot["fields"] |= record.own_time
        if draft.scheduled_by is None or not self.may_publish(request):
            return _("Who scheduled them may no longer publish.")
        if not page.is_published:
            return _("The page is not live any more.")
        if snapshots.fingerprint(record.record) != draft.scheduled_on:
            return _("The page itself was changed since. Look at both, then publish by hand.")
        desk = self.opened(request, page, draft)
        findings = self.save_to_publish(desk)
        if stop(findings):
            return " ".join(str(finding.sentence) for finding in findings if finding.stops)
        self.release(desk)
        return ""

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
            findings = self.findings_of(page.pk)
        if stop(findings):
            transaction.savepoint_rollback(point)
        else:
            transaction.savepoint_commit(point)
        return findings

    def findings_of(self, pk: int) -> list[Finding]:
        page = self.model.objects.get(pk=pk)
        return [*page.findings(), *findings_of_links(page)]

    def record_revision(self, request, page, kind, desk: Desk | None = None) -> None:
        """Keep the page as it is now, with what differs from the revision before in words."""
        form, formsets, _inlines = self.unbound(request, page)
        if desk and desk.page:
            self.remember(request, page, desk.record)
        told = desk.form.cleaned_data if desk else {}
        self.add_revision(
            page,
            snapshots.of_record(form, formsets),
            (form, formsets),
            kind=kind,
            author=request.user,
            note=told.get("change_note", ""),
            reader_note=told.get("reader_note", ""),
        )

    def remember(self, request, page, record=None) -> None:
        """Keep the page as it is, or was as `record`, when the history does not have it so."""
        form, formsets, _inlines = self.unbound(request, page)
        record = record or snapshots.of_record(form, formsets)
        last = Revision.last_of(page)
        if last is None or not snapshots.same(last.snapshot, record):
            kind = Revision.Kind.ELSEWHERE if last else Revision.Kind.START
            self.add_revision(page, record, (form, formsets), kind=kind)

    def add_revision(self, page, snapshot, forms, **values) -> None:
        last = Revision.last_of(page)
        Revision.objects.create(
            content_type=content_type_of(self.model),
            object_id=page.pk,
            title=str(page)[:200],
            url=page.get_absolute_url(),
            snapshot=snapshot,
            summary=self.in_words(last.snapshot, snapshot, *forms) if last else "",
            **values,
        )

    def in_words(self, old, new, form, formsets) -> str:
        labels = [change.label for change in snapshots.compare(old, new, form, formsets)]
        return ", ".join(dict.fromkeys(labels))


def stop(findings: list[Finding]) -> bool:
    return any(finding.stops for finding in findings)
