"""What a saved page still lacks before readers may see it, inlines included."""

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from backpain_site.publishing import Finding

from .cautions import CautionGroup
from .reference import Certainty

LONGEST_STEP = 40


def findings_of_point(point) -> list[Finding]:
    """Return what stops publishing `point` (place, picture, cautions, sources), then advice."""
    found = []
    undecided = CautionGroup.objects.exclude(point_cautions__point=point)
    if names := [group.short_name for group in undecided]:
        sentence = _("Decide every caution group, or say that it is not checked: %s.")
        found.append(Finding("cautions-group", sentence % ", ".join(names)))
    if not point.markers.filter(role="closeup").exists():
        found.append(Finding("markers-group", _("Choose a close-up figure and place the marker.")))
    if not point.figure_alt:
        found.append(Finding("figure_alt", _("Say in words where the marker sits.")))
    for use in point.indications.filter(basis="studied", sources=None).select_related("symptom"):
        sentence = _("“%s” is called studied: name the study.")
        found.append(Finding("indications-group", sentence % use.symptom))
    found += findings_of_evidence(point)
    for field in ("find_it", "technique"):
        for line in getattr(point, field).splitlines():
            if len(line.split()) > LONGEST_STEP:
                sentence = _("A long step: “%s”") % Truncator(line).words(6)
                found.append(Finding(field, sentence, stops=False))
    return found


def findings_of_evidence(page) -> list[Finding]:
    """Return what a page with `certainty`, `evidence` and `sources` lacks in sources."""
    number = page.sources.count()
    if page.certainty != Certainty.TRADITION and not number:
        return [Finding("sources", _("A statement on evidence needs its source."))]
    if page.evidence and number == 1:
        return [Finding("sources", _("Only one source: is there a second?"), stops=False)]
    return []
