"""Placing markers on our figures in the form of a point."""

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backpain_site.desk import ContentInline
from backpain_site.middleware import PICTURE_POLICY

from ..bodymap import FIGURES, Crop
from ..models import FigureMarker


class FigureSelect(forms.Select):
    """A select of figures; each option says where its drawing is and how large."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if figure := FIGURES.get(value):
            option["attrs"] |= {
                "data-drawing": reverse("admin:points_figure", args=[figure.slug]),
                "data-width": figure.width,
                "data-height": figure.height,
            }
        return option


class FigureMarkerForm(forms.ModelForm):
    class Meta:
        model = FigureMarker
        fields = ["role", "figure", "x", "y", "paired", "label_side"]
        widgets = {"figure": FigureSelect}
        error_messages = {"figure": {"required": _("Choose a figure and place the marker on it.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["x"].required = self.fields["y"].required = False

    def clean(self):
        """Ask for the place once there is a figure."""
        cleaned = super().clean()
        unplaced = [name for name in ("x", "y") if cleaned.get(name, self) is None]
        if unplaced and cleaned.get("figure"):
            self.add_error(unplaced[0], _("Click on the figure to place the marker."))
        return cleaned


class FigureMarkerInline(ContentInline):
    model = FigureMarker
    form = FigureMarkerForm
    classes = ["collapse"]
    starts_open = True
    fields = [("role", "figure"), ("x", "y", "paired", "label_side")]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 1

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("point")

    class Media:
        js = [forms.Script("desk/markers.js", type="module")]


class MarkForm(forms.Form):
    """One marker as the script sends it: "34.5,61,on"."""

    x = forms.DecimalField(min_value=0, max_value=100)
    y = forms.DecimalField(min_value=0, max_value=100)
    paired = forms.BooleanField(required=False)

    @classmethod
    def reading(cls, text: str) -> "MarkForm":
        return cls(dict(zip(["x", "y", "paired"], text.split(","), strict=False)))


def find_figure(slug: str):
    try:
        return FIGURES[slug]
    except KeyError:
        raise Http404 from None


def drawing(request, slug: str) -> HttpResponse:
    """Return the drawing of a figure, used by its id "figure"; it may load and run nothing."""
    figure = find_figure(slug)
    return HttpResponse(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {figure.width} {figure.height}">'
        f'<title>{figure.title}</title><g id="figure">{figure.markup}</g></svg>',
        content_type="image/svg+xml",
        headers={
            "Content-Security-Policy": PICTURE_POLICY,
            "Cache-Control": "private, no-cache",
        },
    )


def card_crop(request, slug: str) -> JsonResponse:
    """Return the part of a figure that a card shows for every `mark`: its view box and sizes."""
    figure = find_figure(slug)
    forms_of_marks = [MarkForm.reading(text) for text in request.GET.getlist("mark")]
    if not forms_of_marks or not all(form.is_valid() for form in forms_of_marks):
        return JsonResponse({"error": "Each mark needs x and y from 0 to 100."}, status=400)
    marks = [FigureMarker(figure=slug, **form.cleaned_data) for form in forms_of_marks]
    crop = Crop.around(figure, marks)
    return JsonResponse({"viewbox": crop.viewbox, "ring": crop.ring, "dot": crop.dot})
