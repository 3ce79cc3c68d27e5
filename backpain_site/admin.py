"""The desk of what belongs to the site as a whole: addresses that pages have left."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from .addresses import is_taken, own_address, path_of
from .attention import READERS, Count
from .desk import ContentAdmin
from .links import broken_links
from .models import OldAddress
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
            {"page": page, "target": target, "form": self.form_of(page), "path": path_of(target)}
            for page, target in broken_links()
        ]
        title = _("Links that lead nowhere")
        return self.laid_out(request, "broken_links.html", title=title, links=links)

    def form_of(self, page) -> str:
        options = page._meta
        name = f"admin:{options.app_label}_{options.model_name}_change"
        return reverse(name, args=[quote(page.pk)])
