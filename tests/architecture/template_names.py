"""The names that a template asks its context for, read off its nodes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template import engines
from django.template.base import FilterExpression, Node, NodeList, Template, Variable
from django.template.defaulttags import ForNode, WithNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode

HEADER = re.compile(r"Variables:(.*?)(?:\.\s|\.?\s*{% endcomment)", re.S)
WORD = re.compile(r"[a-z_][a-z0-9_]*", re.I)
# What the request, Django and the context processor put into every page.
EVERYWHERE = {"request", "user", "perms", "messages", "csrf_token", "forloop", "block", "True",
              "False", "None", "DEFAULT_MESSAGE_LEVELS"}  # fmt: skip


def named_in_header(text: str) -> set[str] | None:
    """The names of the header comment; None for a template without one."""
    found = HEADER.search(text)
    if found is None:
        return None
    plain = re.sub(r"\([^()]*\)", "", found.group(1))
    return {
        word.group()
        for part in re.split(r"[,;]", plain)
        for word in [WORD.match(part.strip())]
        if word and part.strip() not in {"none", "None"}
    }


def used_in(path: Path) -> set[str]:
    source = path.read_text()
    django = engines["django"]
    template = Template(source, engine=django.engine)  # type: ignore[attr-defined]
    return set(_of_list(template.nodelist, frozenset())) - EVERYWHERE


def _of_list(nodes: NodeList | list[Node], bound: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        yield from _of_node(node, bound)
        bound |= _bound_after(node)


def _bound_after(node: Node) -> set[str]:
    """``{% x as name %}`` binds a name for what follows."""
    names = (getattr(node, name, None) for name in ("asvar", "target_var", "variable", "as_var"))
    return {name for name in names if isinstance(name, str)}


def _of_node(node: Node, bound: frozenset[str]) -> Iterator[str]:
    inner = bound
    if isinstance(node, ForNode):
        yield from _names(node.sequence, bound)
        inner |= set(node.loopvars)
    elif isinstance(node, WithNode):
        yield from _names(node.extra_context, bound)
        inner |= set(node.extra_context)
    elif isinstance(node, BlockTranslateNode):
        yield from _names([node.extra_context, node.countervar and node.counter], bound)
        inner |= {*node.extra_context, node.countervar or ""}
        tokens = [*node.singular, *(node.plural or [])]
        yield from (
            one.contents.split("|")[0].split(".")[0].strip()
            for one in tokens
            if one.token_type.name == "VAR"
            and one.contents.split("|")[0].split(".")[0].strip() not in inner
        )
        return
    elif not isinstance(node, BlockNode | ExtendsNode):
        skipped = {"nodelist", "origin", "token", "child_nodelists", "partial_name"}
        if isinstance(node, IncludeNode):
            skipped.add("template") if isinstance(node.template.var, str) else None
        values = [value for key, value in vars(node).items() if key not in skipped]
        yield from _names(values, bound)
    for name in ("nodelist", "nodelist_loop", "nodelist_empty", "nodelist_true", "nodelist_false"):
        part = getattr(node, name, None)
        if isinstance(part, NodeList):
            yield from _of_list(part, inner)


def _names(value: Any, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(value, Variable):
        if value.lookups and value.lookups[0] not in bound:
            yield value.lookups[0]
    elif isinstance(value, NodeList):
        yield from _of_list(value, bound)
    elif isinstance(value, Node):
        yield from _of_node(value, bound)
    else:
        for one in _parts(value):
            yield from _names(one, bound)


def _parts(value: Any) -> list[Any]:
    """What an expression, a condition or a collection is made of."""
    if isinstance(value, FilterExpression):
        given = [argument for _filter, arguments in value.filters for argument in arguments]
        return [value.var, *(argument for is_variable, argument in given if is_variable)]
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple):
        return list(value)
    return [getattr(value, name, None) for name in ("value", "first", "second") if value is not None
            and not isinstance(value, str | int | bool)]  # fmt: skip


REFERENCE = re.compile(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)")


def reached_from(path: Path, root: Path) -> set[str]:
    """The names that it, the templates that it includes, and the one that it extends ask for."""
    names: set[str] = set()
    waiting, seen = [path], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        names |= used_in(one)
        waiting += [root / name for name in REFERENCE.findall(one.read_text())]
    return names
