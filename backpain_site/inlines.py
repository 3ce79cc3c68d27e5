"""Inline rows that ask the database once a form for their choices, not once a row."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple


class ChoicesReadOnce:
    """An inline whose select fields share one reading of their choices.

    Search fields stay as they are: give those with many values `LabelsReadOnce`.
    """

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            if type(field) is forms.ModelChoiceField:
                field.choices = list(field.choices)
        return formset


class LabelsReadOnce(AutocompleteSelectMultiple):
    """A search field for few hundred records: all rows share one reading of their labels."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Copies of this widget, one a row, keep this very dictionary.
        self.labels = {}

    def optgroups(self, name, value, attrs=None):
        field = self.choices.field
        if any(value) and not self.labels:
            records = self.choices.queryset.using(self.db)
            self.labels |= {str(record.pk): field.label_from_instance(record) for record in records}
        chosen = [str(pk) for pk in value if str(pk) in self.labels]
        options = [
            self.create_option(name, pk, self.labels[pk], selected=True, index=index)
            for index, pk in enumerate(chosen)
        ]
        return [(None, options, 0)]
