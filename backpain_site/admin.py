"""The desk of what belongs to the site as a whole: addresses that pages have left."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .addresses import is_taken, own_address, path_of
from .desk import ContentAdmin
from .models import OldAddress


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
