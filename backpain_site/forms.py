"""The one form of the site that readers write in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .addresses import live_path
from .models import Report


class ReportForm(forms.Form):
    """What is wrong on a page. `website` is for machines: people neither see nor reach it."""

    page = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Report.Kind,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose what is wrong.")),
    )
    message = forms.CharField(
        label=_("What should we know?"),
        help_text=_(
            "At most 2,000 characters. Please write nothing about your own health, and no name, "
            "address or number: we ask for none of it and keep nothing but these words."
        ),
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Write a few words about what is wrong.")},
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_page(self):
        return live_path(self.cleaned_data["page"])

    def clean_message(self):
        message = self.cleaned_data["message"].replace("\r\n", "\n")
        over = len(message) - Report.LONGEST_MESSAGE
        if over > 0:
            raise ValidationError(
                _("This is %(over)s characters too long: please write %(most)s at most.")
                % {"over": f"{over:,}", "most": f"{Report.LONGEST_MESSAGE:,}"}
            )
        return message
