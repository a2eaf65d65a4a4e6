"""The home page's slots: what needs attention, key figures, panels. The apps fill them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

from config.kit.registry import Registry

Text = str | Promise
PERIOD = 28


@dataclass(frozen=True, kw_only=True)
class Attention:
    """Something that waits for a person: what, since when, and the verb that deals with it."""

    icon: str
    title: Text
    url: str
    verb: Text
    detail: Text = ""
    tone: Literal["", "warning", "danger", "info"] = ""


@dataclass(frozen=True, kw_only=True)
class AttentionSource:
    """``find(user)`` answers few and fast; an empty list is good news."""

    find: Callable[[Any], list[Attention]]
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its base or its change (a ratio against the weeks before)."""

    label: Text
    value: Text
    url: str = ""
    base: Text = ""
    change: float | None = None
    is_good: bool = True
    series: Sequence[float] = ()

    @property
    def is_gain(self) -> bool:
        """``is_good`` says that more is better."""
        return ((self.change or 0) >= 0) == self.is_good

    @property
    def magnitude(self) -> float:
        """The change without its sign: the arrow says that."""
        return abs(self.change or 0)


@dataclass(frozen=True, kw_only=True)
class FigureSource:
    find: Callable[[Any], Figure | None]
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class PanelSource:
    """A section of the page; ``context(user)`` feeds ``template``; None leaves it out.

    An empty ``title``: the template brings its own, as a chart does.
    """

    title: Text
    template: str
    context: Callable[[Any], dict[str, Any] | None]
    permission: str = ""
    order: int = 100
    column: Literal["main", "side"] = "main"
    url: str = ""
    url_label: Text = ""


@dataclass(frozen=True, kw_only=True)
class FilledPanel:
    source: PanelSource
    context: dict[str, Any]


attention: Registry[AttentionSource] = Registry("home.attention")
figures: Registry[FigureSource] = Registry("home.figures")
panels: Registry[PanelSource] = Registry("home.panels")

Source = AttentionSource | FigureSource | PanelSource


def change(values: Sequence[int]) -> float | None:
    """How the last four weeks stand to the four before; None when there was nothing before."""
    before, now = sum(values[-2 * PERIOD : -PERIOD]), sum(values[-PERIOD:])
    return (now - before) / before if before else None


def _may(user: Any, source: Source) -> bool:
    return not source.permission or bool(user.has_perm(source.permission))


def attention_of(user: Any) -> list[Attention]:
    """What waits for this person, the most pressing source first."""
    sources = sorted(attention.values(), key=lambda one: one.order)
    return [found for one in sources if _may(user, one) for found in one.find(user)]


def figures_of(user: Any) -> list[Figure]:
    sources = sorted(figures.values(), key=lambda one: one.order)
    found = [one.find(user) for one in sources if _may(user, one)]
    return [one for one in found if one is not None]


def panels_of(user: Any, column: str) -> list[FilledPanel]:
    sources = sorted(panels.values(), key=lambda one: one.order)
    mine = [one for one in sources if one.column == column and _may(user, one)]
    filled = [(one, one.context(user)) for one in mine]
    return [FilledPanel(source=one, context=values) for one, values in filled if values is not None]
