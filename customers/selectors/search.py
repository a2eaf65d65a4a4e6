"""The search of people, in SQL that walks the trigram index or the order of the list.

The record itself has one indexed text. Aliases, ids in other systems and searchable custom fields
are looked up first, all words at once; what they give is a short list of ids beside that text.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.numbers import whole
from customers.models import Customer
from customers.rules.registration_codes import read_code
from customers.rules.searches import (
    SIGNS,
    Token,
    digits_expression,
    like,
    line_expression,
    literal,
    parse_search,
)

MOST_ELSEWHERE = 1000
MOST_FOUND = 1_000
# The first part of a public id, which pages show.
CODE_LENGTH = 8
LINE_NAMES: dict[str, str | Promise] = {
    "f": _("First name"),
    "l": _("Last name"),
    "e": _("E-mail"),
    "p": _("Phone"),
    "i": _("ID number"),
    "u": _("Code"),
    "alias": _("Further e-mail"),
    "external": _("External code"),
    "custom": _("Custom field"),
    "phone": _("Further phone"),
    "merged": _("Code of a merged record"),
    "sharing": _("Sharing code"),
}
ALIAS = """
SELECT {n}, 'alias', customer_id FROM customers_customeremail
WHERE NOT is_primary AND address_key ~ %s LIMIT {most}"""
EXTERNAL = """
SELECT {n}, 'external', customer_id FROM customers_externalid
WHERE lower(value) LIKE %s LIMIT {most}"""
PHONE = """
SELECT {n}, 'phone', customer_id FROM customers_customerphone
WHERE number LIKE %s LIMIT {most}"""
MERGED = """
SELECT {n}, 'merged', merged_into_id FROM customers_customer
WHERE merged_into_id IS NOT NULL AND search_text LIKE %s LIMIT {most}"""
SHARING = """
SELECT {n}, 'sharing', customer_id FROM customers_registrationcode
WHERE code = %s AND customer_id IS NOT NULL LIMIT {most}"""
CUSTOM = """
SELECT {n}, 'custom', customer_id FROM customers_customvalue
WHERE text IS NOT NULL AND customers_fold(text) ~ %s
    AND field_id IN (SELECT id FROM customers_customfield WHERE is_searchable) LIMIT {most}"""
NUMBER = """
SELECT {n}, 'custom', customer_id FROM customers_customvalue
WHERE number = %s
    AND field_id IN (SELECT id FROM customers_customfield WHERE is_searchable) LIMIT {most}"""


@dataclass
class Search:
    """A parsed search; ``elsewhere`` holds, per token, who was found beside the search text."""

    tokens: list[Token]
    elsewhere: list[dict[int, set[str]]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Search":
        """Parse and look up.

        :raises DomainError: it has too many characters, words or wildcards.
        """
        tokens = parse_search(text)
        return cls(tokens, _elsewhere(tokens))

    def apply(self, rows: "QuerySet[Customer]") -> "QuerySet[Customer]":
        """Those of ``rows`` that every token matches."""
        for token, others in zip(self.tokens, self.elsewhere, strict=True):
            here = _in_text(token)
            rows = rows.filter((here | Q(pk__in=list(others))) if others else here)
        return rows

    def matched_in(self, customer: Customer) -> list[str]:
        """The names of the fields in which the search found this person."""
        found: dict[str, None] = {}
        for token, others in zip(self.tokens, self.elsewhere, strict=True):
            for kind in [*_lines_with(token, customer.search_text), *others.get(customer.pk, ())]:
                found[str(LINE_NAMES[kind])] = None
        return list(found)


def _in_text(token: Token) -> Q:
    if token.field == "x":
        return Q(pk__in=[])
    if token.is_pattern or token.field:
        return _matches(line_expression(token), [*_surely_there(token)])
    if not token.digits:
        return _contains(f" {token.word}")
    by_digits = _matches(digits_expression(token), [token.digits])
    return by_digits if token.digits != token.word else by_digits | _contains(f" {token.word}")


def _surely_there(token: Token) -> list[str]:
    if token.field in ("p", "i") and not token.is_pattern:
        return [token.word.translate(SIGNS)]
    return [part for part in token.parts if part]


def _contains(text: str) -> Q:
    return _condition("customers_customer.search_text LIKE %s", f"%{like(text)}%")


def _matches(expression: str, contained: list[str]) -> Q:
    """A regular expression finds few trigrams by itself; the plain texts in it give the rest."""
    exact = _condition("customers_customer.search_text ~ %s", expression)
    for text in contained:
        exact = _contains(text) & exact
    return exact


def _condition(sql: str, *params: str) -> Q:
    return Q(RawSQL(sql, params, output_field=BooleanField()))  # noqa: S611  texts are bound


def _elsewhere(tokens: list[Token]) -> list[dict[int, set[str]]]:
    found: list[dict[int, set[str]]] = [defaultdict(set) for _token in tokens]
    parts: list[str] = []
    params: list[str] = []
    for number, token in enumerate(tokens):
        for sql, value in _lookups(token):
            parts.append(f"({sql.format(n=number, most=MOST_ELSEWHERE)})")
            params.append(value)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for number, kind, pk in cursor.fetchall():
                found[number][pk].add(kind)
    return found


def _lookups(token: Token) -> list[tuple[str, str]]:
    """The statements that look for a token beside the search text, each with its pattern."""
    wanted: list[tuple[str, str]] = []
    if token.field in ("", "x"):
        wanted.append((EXTERNAL, _like_pattern(token)))
    if token.field in ("", "e") and _has_trigram(token):
        wanted.append((ALIAS, _expression(token, r"(?:^|[@._+'-])")))
    if token.field in ("", "u") and not token.is_pattern and len(token.word) >= CODE_LENGTH:
        wanted.append((MERGED, f"%\nu: {like(token.word)}%"))
    if token.field in ("", "u") and not token.is_pattern and (code := read_code(token.word)):
        wanted.append((SHARING, code))
    if token.field in ("", "p") and len(token.digits) >= 3 and token.digits.isdecimal():
        wanted.append((PHONE, f"+%{token.digits}%"))
    if token.field == "" and _has_trigram(token):
        wanted.append((CUSTOM, _expression(token, r"(?:^|[^[:alnum:]])")))
    if token.field == "" and not token.is_pattern and whole(token.word, -1) >= 0:
        wanted.append((NUMBER, token.word))
    return wanted


def _has_trigram(token: Token) -> bool:
    return any(len(part) >= 3 for part in token.parts)


def _like_pattern(token: Token) -> str:
    pattern = "%".join(like(part) for part in token.parts)
    if not token.is_pattern:
        return f"{pattern}%"
    contains_only = token.parts[0] == "" and not pattern.endswith("%")
    return f"{pattern}%" if contains_only else pattern


def _expression(token: Token, word_start: str) -> str:
    inner = ".*".join(literal(part) for part in token.parts if part)
    if not token.is_pattern:
        return f"{word_start}{inner}"
    start = "^" if token.parts[0] else ""
    end = "$" if token.parts[0] and token.parts[-1] else ""
    return f"{start}{inner}{end}"


def _lines_with(token: Token, text: str) -> list[str]:
    """The letters of the lines of a search text that match a token."""
    found = []
    for line in text.strip("\n").split("\n"):
        letter = line[:1]
        if token.field in ("", letter) and _is_in_line(token, line, letter):
            found.append(letter)
    return found


def _is_in_line(token: Token, line: str, letter: str) -> bool:
    value = line[2:]
    if not token.is_pattern:
        if letter in "pi" and token.digits:
            return token.digits in value
        return f" {token.word}" in value
    plain = value.partition(" \x1f")[0]
    position = 0
    for part in token.parts:
        position = plain.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return not token.parts[0] or f" {token.parts[0]}" in plain


def people_like(text: str) -> list[int]:
    """Ids of the first people whom a search finds: its SQL names the table and cannot be nested.

    :raises DomainError: it has too many characters, words or wildcards.
    """
    found = Search.of(text).apply(Customer.objects.live())
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])
