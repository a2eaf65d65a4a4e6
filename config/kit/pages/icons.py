"""Icons from the sprite."""

from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@cache
def names() -> frozenset[str]:
    """The icons that the sprite holds."""
    return frozenset((settings.BASE_DIR / "static/icons/names.txt").read_text().split())


@cache
def icon(name: str, size: int = 16, classes: str = "") -> SafeString:
    """An icon that says nothing by itself: the words stand beside it.

    :raises ValueError: the sprite does not hold it.
    """
    if name not in names():
        raise ValueError(f"static/icons/sprite.svg has no {name!r}")
    return format_html(
        '<svg class="icon icon-{} {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size,
        classes,
        static("icons/sprite.svg"),
        name,
    )
