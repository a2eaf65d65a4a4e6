"""What a note says, as a page shows it."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from customers.models import Note
from customers.rules.mentions import split_at


def note_text(note: Note) -> SafeString:
    """Each colleague whom it mentions is a chip."""
    pieces = split_at(note.body, [text for _user, text in note.mentions])
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="mention">{}</span>', piece) if is_mention else piece,)
            for piece, is_mention in pieces
        ),
    )
