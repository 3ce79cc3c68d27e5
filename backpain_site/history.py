"""Revisions on the desk: who changed what, what differs, back to an earlier one, withdrawn."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from . import snapshots
from .addresses import is_live, own_address, path_of
from .characters import check_characters
from .links import pages_leading_to
from .models import Draft, Revision
from .page_forms import TIME
from .pages import form_of
from .publishing import Publishable
from .revisions import content_type_of


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[check_characters],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences; readers who open the address see them."),
    )
    redirect_to = forms.CharField(
        label=_("Send readers to"),
        max_length=200,
        required=False,
        help_text=_("An address of this site, such as /points/bl40/. Empty: the reason is shown."),
    )

    def __init__(self, *args, page: Publishable, **kwargs):
        super().__init__(*args, **kwargs)
        self.page = page

    def clean_redirect_to(self):
        if not self.cleaned_data["redirect_to"].strip():
            return ""
        target = own_address(self.cleaned_data["redirect_to"])
        path = path_of(target)
        if path == self.page.get_absolute_url():
            raise ValidationError(_("This is the page itself."))
        if not is_live(path):
            raise ValidationError(_("There is no page at this address."))
        return target


class History:
    """What the desk of a page does with its revisions; part of `drafting.PageAdmin`."""

    def deleted(self):
        """Return what can come back: deleted pages, discarded drafts of pages that never were."""
        never_was = Q(kind=Revision.Kind.SET_ASIDE, object_id=0)
        return Revision.objects.filter(
            never_was | Q(kind=Revision.Kind.DELETED), content_type=content_type_of(self.model)
        ).select_related("author")

    def page_or_404(self, request, object_id: str) -> Publishable:
        page = self.get_object(request, unquote(object_id))
        if page is None:
            raise Http404
        return page

    def history_view(self, request, object_id, extra_context=None):
        page = self.page_or_404(request, object_id)
        if not self.has_view_or_change_permission(request, page):
            raise PermissionDenied
        return self.laid_out(
            request,
            "page_history.html",
            title=_("History of %s") % page,
            page=page,
            revisions=Revision.of(page).select_related("author"),
            compare_url=self.address("compare", page.pk),
            edit_url=self.address("change", page.pk),
            may_change=self.has_change_permission(request, page),
        )

    def compare_view(self, request, object_id):
        """Show two revisions side by side; by default the last two."""
        page = self.page_or_404(request, object_id)
        if not self.has_view_or_change_permission(request, page):
            raise PermissionDenied
        revisions = list(Revision.of(page).select_related("author"))
        chosen = {str(revision.pk): revision for revision in revisions}
        new = chosen.get(request.GET.get("new", ""), revisions[0] if revisions else None)
        old = chosen.get(request.GET.get("old", ""), revisions[1] if len(revisions) > 1 else new)
        if new is None:
            raise Http404
        if new.made_at < old.made_at:
            old, new = new, old
        form, formsets, _inlines = self.unbound(request, page)
        return self.laid_out(
            request,
            "page_compare.html",
            title=_("What changed in %s") % page,
            old=old,
            new=new,
            changes=snapshots.compare(old.snapshot, new.snapshot, form, formsets),
            history_url=self.address("history", page.pk),
        )

    def restore_view(self, request, revision_id: int):
        """Make a draft of an earlier revision; nothing is published by that."""
        revision = get_object_or_404(
            Revision, pk=revision_id, content_type=content_type_of(self.model)
        )
        page = self.model.objects.filter(pk=revision.object_id).first()
        may = (
            self.has_change_permission(request, page) if page else self.has_add_permission(request)
        )
        if request.method != "POST" or not may:
            raise PermissionDenied
        with transaction.atomic():
            if page and Draft.of(page).exists():
                messages.error(request, _("This page has a draft. Publish or discard it first."))
                return redirect(self.address("history", page.pk))
            draft = Draft.objects.create(
                content_type=revision.content_type,
                object_id=page and page.pk,
                title=revision.title,
                snapshot=revision.snapshot
                if page
                else snapshots.copied(revision.snapshot, {*TIME}, set()),
                author=request.user,
            )
            if not page:  # Who discards the draft finds it among the deleted again.
                revision.kind = Revision.Kind.RESTORED
                revision.save(update_fields=["kind"])
        messages.success(
            request, _("This is a draft of that version. Publish it when it is right.")
        )
        return redirect(self.address_of(page, draft))

    def deleted_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.laid_out(
            request,
            "page_deleted.html",
            title=_("Deleted %s") % self.opts.verbose_name_plural,
            revisions=self.deleted(),
        )

    def withdraw_view(self, request, object_id):
        """Take a page away from readers, who learn why or are sent elsewhere."""
        page = self.page_or_404(request, object_id)
        if not self.may_publish(request):
            raise PermissionDenied
        form = WithdrawForm(request.POST or None, page=page)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                page.status = Publishable.Status.WITHDRAWN
                page.withdrawn_reason = form.cleaned_data["reason"]
                page.redirect_to = form.cleaned_data["redirect_to"]
                try:
                    page.clean()
                except ValidationError as error:
                    form.add_error(None, error.messages)
                else:
                    page.save()
                    for draft in Draft.of(page).exclude(publish_at=None):
                        draft.unschedule(_("The page was withdrawn."))
                    self.record_revision(request, page, Revision.Kind.WITHDRAWN)
                    self.log_change(request, page, f"Withdrawn: {page.withdrawn_reason}")
                    messages.success(request, _("Withdrawn. Readers are told why."))
                    return redirect(self.address("change", page.pk))
        return self.laid_out(
            request,
            "page_withdraw.html",
            title=_("Withdraw %s") % page,
            page=page,
            form=form,
            edit_url=self.address("change", page.pk),
            leading=leading_to(page),
        )

    def delete_view(self, request, object_id, extra_context=None):
        extra = {"leading": leading_to(self.page_or_404(request, object_id))}
        return super().delete_view(request, object_id, extra | (extra_context or {}))

    def delete_model(self, request, page):
        self.remember_deleted(request, page)
        super().delete_model(request, page)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for page in queryset:
            self.remember_deleted(request, page)
        super().delete_queryset(request, queryset)

    def remember_deleted(self, request, page) -> None:
        """Keep what a page was, so that it can come back; its draft goes with it."""
        self.record_revision(request, page, Revision.Kind.DELETED)
        Draft.of(page).delete()


def leading_to(page) -> list[tuple[str, str, Publishable]]:
    """Return (kind, address of its form, page) for every page that leads to `page`."""
    return [(one._meta.verbose_name, form_of(one), one) for one in pages_leading_to(page)]
