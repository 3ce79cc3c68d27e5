"""Characters that no text may hold: nobody sees them, XML or a database refuses them."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls, orders to write from right to left, half characters, signs that stand for no character.
UNSEEN = (
    r"\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    r"\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff"
)
IN_TEXTS = re.compile(f"[{UNSEEN}]")
# A name stands on one line.
IN_NAMES = re.compile(rf"[\t\n\r{UNSEEN}]")


def check_characters(text: str, unseen: re.Pattern = IN_TEXTS) -> None:
    """Raise ValidationError with one sentence when `text` holds a character of `unseen`."""
    if found := unseen.search(text):
        raise ValidationError(
            _("Character %(position)s cannot be seen (%(code)s): delete it.")
            % {"position": found.start() + 1, "code": f"U+{ord(found[0]):04X}"}
        )


def without_unseen(text: str) -> str:
    return IN_TEXTS.sub("", text)
