"""The desk of what belongs to the site as a whole: old addresses, readers' reports, logins."""

from axes.models import AccessAttempt, AccessLog
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .addresses import is_taken, own_address, page_at, path_of
from .attention import READERS, Count
from .desk import ContentAdmin
from .links import broken_links
from .models import OldAddress, Report
from .pages import form_of
from .roles import may_write


class OldAddressForm(forms.ModelForm):
    class Meta:
        labels = {"path": _("Old address"), "target": _("Leads to")}
        help_texts = {
            "path": _("Where nothing is any more, such as /points/ub40/."),
            "target": _("An address of this site, such as /points/bl40/."),
        }

    def clean_path(self):
        address = own_address(self.cleaned_data["path"])
        path = path_of(address)
        if "?" in address or "#" in address:
            raise ValidationError(_("Leave out ? and # and what follows them."))
        if is_taken(path):
            raise ValidationError(_("There is a page at this address: readers would not leave it."))
        before = OldAddress.objects.filter(target=path).first()
        if before:
            raise ValidationError(
                _("%(path)s leads here: that would be a chain. Delete it first.")
                % {"path": before.path}
            )
        return path

    def clean_target(self):
        target = own_address(self.cleaned_data["target"])
        path = path_of(target)
        if path == self.cleaned_data.get("path"):
            raise ValidationError(_("This leads to itself."))
        after = OldAddress.objects.filter(path=path).first()
        if after:
            raise ValidationError(
                _("This is an old address too: lead to %(target)s at once.")
                % {"target": after.target}
            )
        if not is_taken(path):
            raise ValidationError(_("There is no page at this address."))
        return target


@admin.register(OldAddress)
class OldAddressAdmin(ContentAdmin):
    """Listed, added and deleted; a wrong one is deleted and added again."""

    form = OldAddressForm
    list_display = ["path", "target"]
    search_fields = ["path", "target"]
    fields = ["path", "target"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.broken_view)
        return [
            path("broken/", view, name="backpain_site_oldaddress_broken"),
            *super().get_urls(),
        ]

    def desk_counts(self, request) -> list[Count]:
        if not may_write(request.user):
            return []
        number = len(broken_links())
        noun = _("link") if number == 1 else _("links")
        url = reverse("admin:backpain_site_oldaddress_broken")
        return [Count(READERS, _("Links to this site that lead nowhere"), number, noun, url)]

    def broken_view(self, request):
        """List the links in published texts that lead nowhere, with the form to mend each."""
        if not may_write(request.user):
            raise PermissionDenied
        links = [
            {"page": page, "target": target, "form": form_of(page), "path": path_of(target)}
            for page, target in broken_links()
        ]
        title = _("Links that lead nowhere")
        return self.laid_out(request, "broken_links.html", title=title, links=links)


@admin.register(Report)
class ReportAdmin(ContentAdmin):
    """Readers write these; editors note what came of them."""

    list_display = ["beginning", "kind", "page_link", "status", "created_at", "handled_by"]
    list_filter = ["status", "kind", "created_at"]
    list_select_related = ["handled_by"]
    search_fields = ["message", "note", "page"]
    actions = ["mark_answered", "mark_dismissed"]
    fields = ["message", "kind", "page_link", "page_form", "created_at", "status", "note"]
    fields += ["handled_by", "handled_at"]
    readonly_fields = [name for name in fields if name not in {"status", "note"}]

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("message"))
    def beginning(self, report):
        return Truncator(report.message).chars(80)

    @admin.display(description=_("page"), ordering="page", empty_value=_("not said"))
    def page_link(self, report):
        return format_html('<a href="{0}">{0}</a>', report.page) if report.page else None

    @admin.display(description=_("its form"), empty_value=_("none: not a page, or not live now"))
    def page_form(self, report):
        page = page_at(report.page)
        return page and format_html('<a href="{}">{}</a>', form_of(page), page)

    def save_model(self, request, obj, form, change):
        if "status" in form.changed_data:
            self.handled(request, obj)
        super().save_model(request, obj, form, change)

    def handled(self, request, report):
        """Remember who decided about `report`, and when; nobody, when it is new again."""
        again = report.status == Report.Status.NEW
        report.handled_by = None if again else request.user
        report.handled_at = None if again else timezone.now()

    @admin.action(description=_("Mark as answered"), permissions=["change"])
    def mark_answered(self, request, queryset):
        self.mark(request, queryset, Report.Status.ANSWERED)

    @admin.action(description=_("Dismiss"), permissions=["change"])
    def mark_dismissed(self, request, queryset):
        self.mark(request, queryset, Report.Status.DISMISSED)

    def mark(self, request, queryset, status):
        for report in queryset.exclude(status=status):
            report.status = status
            self.handled(request, report)
            report.save()
            self.log_change(request, report, str(status.label))

    def desk_counts(self, request) -> list[Count]:
        if not self.has_view_permission(request):
            return []
        number = Report.objects.filter(status=Report.Status.NEW).count()
        noun = _("report") if number == 1 else _("reports")
        url = f"{reverse('admin:backpain_site_report_changelist')}?status__exact=new"
        return [Count(READERS, _("Reports from readers"), number, noun, url)]


class Record(admin.ModelAdmin):
    """What happened at the door, to be read."""

    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(AccessLog)
class LoginAdmin(Record):
    list_display = ["attempt_time", "username", "ip_address", "logout_time"]
    fields = [*list_display, "user_agent"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AccessAttempt)
class FailedLoginAdmin(Record):
    """Who deletes a row opens the door again for that name and address."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    fields = [*list_display, "user_agent"]
