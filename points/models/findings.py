"""What a saved page still lacks before readers may see it, inlines included."""

import re

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from backpain_site.publishing import Finding

from .cautions import CautionGroup
from .reference import Certainty

LONGEST_STEP = 40
# Words of anatomy that a reader lying on the floor does not know.
JARGON = re.compile(
    r"\b(proximal|distal|medial|lateral|posterior|anterior|superior|inferior|dorsal|plantar|ulnar|"
    r"radial|supine|prone|popliteal|malleolus|iliac|contralateral|ipsilateral)(ly)?\b",
    re.IGNORECASE,
)
# Words that promise, which tradition and studies do not.
PROMISES = re.compile(
    r"\b(cures?|cured|heals?|healed|treats?|eliminates?|guarantee\w*|proven|miracle\w*|detox\w*)\b",
    re.IGNORECASE,
)
PLAIN_FIELDS = ("summary", "where", "find_it", "wrong_place_if", "technique", "position")
CLAIM_FIELDS = ("summary", "traditional_view", "evidence")


def findings_of_point(point) -> list[Finding]:
    """Return what stops publishing `point` (place, picture, cautions, sources), then advice."""
    found = []
    undecided = CautionGroup.objects.exclude(point_cautions__point=point)
    if names := [group.short_name for group in undecided]:
        sentence = _("Decide every caution group, or say that it is not checked: %s.")
        found.append(Finding("cautions-group", sentence % ", ".join(names)))
    unchecked = point.cautions.filter(level="not_checked").count()
    if unchecked:
        sentence = _("%d caution groups are not checked: filters leave the point out for them.")
        found.append(Finding("cautions-group", sentence % unchecked, stops=False))
    if not point.markers.filter(role="closeup").exists():
        found.append(Finding("markers-group", _("Choose a close-up figure and place the marker.")))
    for use in point.indications.filter(basis="studied", sources=None).select_related("symptom"):
        sentence = _("“%s” is called studied: name the study.")
        found.append(Finding("indications-group", sentence % use.symptom))
    found += findings_of_evidence(point)
    for field in ("find_it", "technique"):
        for line in getattr(point, field).splitlines():
            if len(line.split()) > LONGEST_STEP:
                sentence = _("A long step: “%s”") % Truncator(line).words(6)
                found.append(Finding(field, sentence, stops=False))
    found += [
        *words_found(point, PLAIN_FIELDS, JARGON, _("A plainer word for “%s”?")),
        *words_found(point, CLAIM_FIELDS, PROMISES, _("“%s” promises: does the source say so?")),
    ]
    return found


def words_found(page, fields, pattern: re.Pattern, sentence: str) -> list[Finding]:
    """Return a piece of advice for each of `fields` of `page` that holds words of `pattern`."""
    found = []
    for field in fields:
        words = dict.fromkeys(match[0].lower() for match in pattern.finditer(getattr(page, field)))
        if words:
            found.append(Finding(field, sentence % ", ".join(words), stops=False))
    return found


def findings_of_evidence(page) -> list[Finding]:
    """Return what a page with `certainty`, `evidence` and `sources` lacks in sources."""
    number = page.sources.count()
    if page.certainty != Certainty.TRADITION and not number:
        return [Finding("sources", _("A statement on evidence needs its source."))]
    if not number:
        return [Finding("sources", _("No source at all."), stops=False)]
    if page.evidence and number == 1:
        return [Finding("sources", _("Only one source: is there a second?"), stops=False)]
    return []
