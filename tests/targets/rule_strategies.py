"""Hypothesis strategies for rules, over the names that ``worlds`` gives out."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.targets.worlds import CAMPAIGNS, CATEGORIES, DEVICES, LISTS, PLANS, TAGS

UNITS = ["minutes", "hours", "days", "weeks", "months", "years"]
COMPARISONS = ["lt", "lte", "gt", "gte", "eq", "ne"]
ABSENT = st.sampled_from([{"op": "empty"}, {"op": "not_empty"}])


def leaf(name: str, *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(
        lambda found: {"filter": name, **{k: v for one in found for k, v in one.items()}}
    )


def optional(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(st.just({}), values.map(lambda value: {key: value}))


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def number(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    pair = st.tuples(values, values).map(sorted)
    return st.one_of(
        st.builds(
            lambda op, value: {"op": op, "value": value}, st.sampled_from(COMPARISONS), values
        ),
        pair.map(lambda value: {"op": "between", "value": list(value)}),
        st.builds(
            lambda op, value: {"op": op, "value": value},
            st.sampled_from(["any", "none"]),
            st.lists(values, min_size=1, max_size=3, unique=True),
        ),
    )


def listed(values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda op, value: {"op": op, "value": value}, st.sampled_from(["any", "none"]), some(values)
    )


def day_values() -> st.SearchStrategy[str]:
    near = st.sampled_from(
        [date(2026, 9, 6), date(2026, 4, 4), date(2028, 2, 29), date(2026, 11, 23)]
    )
    return st.builds(
        lambda day, step: (day + timedelta(days=step)).isoformat(), near, st.integers(-31, 31)
    )


def dated(units: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    spans = st.fixed_dictionaries(
        {"n": st.sampled_from([1, 7, 24, 30, 90]), "unit": st.sampled_from(units)}
    )
    return st.one_of(
        st.builds(
            lambda op, value: {"op": op, "value": value},
            st.sampled_from(["on", "before", "after"]),
            day_values(),
        ),
        st.lists(day_values(), min_size=2, max_size=2).map(
            lambda value: {"op": "between", "value": sorted(value)}
        ),
        st.builds(
            lambda op, value: {"op": op, "value": value}, st.sampled_from(["last", "next"]), spans
        ),
    )


TEXTS = st.sampled_from(["Ñuñoa", "nunoa", "SANT", "a", "%", "_", "'; --", "noqui", "é"])
TEXT = st.one_of(
    st.builds(
        lambda op, value: {"op": op, "value": value},
        st.sampled_from(["is", "is_not", "contains", "starts_with"]),
        TEXTS,
    ),
    st.builds(
        lambda op, value: {"op": op, "value": value},
        st.sampled_from(["any", "none"]),
        st.lists(TEXTS, min_size=1, max_size=2, unique=True),
    ),
)
SOME_TEXT = st.one_of(
    st.builds(
        lambda op, value: {"op": op, "value": value},
        st.sampled_from(["is", "contains", "starts_with"]),
        st.sampled_from(["ñunoa", "sant", "+562", "ERP-", "n-", "+34915551234"]),
    ),
    st.lists(st.sampled_from(["NUNOA", "+56222345678", "éibar"]), min_size=1, unique=True).map(
        lambda value: {"op": "any", "value": value}
    ),
)
REASONS = ["staff", "order", "import"]
SETS = lambda names: st.one_of(  # noqa: E731
    ABSENT,
    st.builds(
        lambda op, value: {"op": op, "value": value},
        st.sampled_from(["any", "all", "none"]),
        some(names),
    ),
)
LAST = st.fixed_dictionaries(
    {"last": st.sampled_from([1, 7, 30, 90, 24]), "unit": st.sampled_from(UNITS)}
)
DAYS = st.one_of(
    day_values().map(lambda day: {"from": day}),
    day_values().map(lambda day: {"to": day}),
    st.lists(day_values(), min_size=2, max_size=2).map(
        lambda days: dict(zip(("from", "to"), sorted(days), strict=True))
    ),
)
WINDOW = optional("window", st.one_of(LAST, DAYS))
SMALL = st.integers(0, 3)
COUNT = optional("count", number(SMALL))
CAMPAIGN = optional(
    "campaign", st.one_of(st.just("any"), st.sampled_from(CAMPAIGNS), some(CAMPAIGNS))
)
KINDS = ["login", "email_opened", "email_clicked"]
FIELD = st.one_of(
    leaf("field", st.just({"field": "city"}), st.one_of(TEXT, ABSENT)),
    leaf("field", st.just({"field": "login_count"}), number(SMALL)),
    leaf(
        "field",
        st.sampled_from([{"field": "last_login_at"}, {"field": "blocked_at"}]),
        st.one_of(dated(UNITS), ABSENT),
    ),
    leaf("field", st.just({"field": "lifecycle_reason"}), st.one_of(listed(REASONS), ABSENT)),
    leaf(
        "field",
        st.sampled_from(
            [{"field": "further_phone"}, {"field": "address_district"}, {"field": "external_id"}]
        ),
        st.one_of(SOME_TEXT, ABSENT),
    ),
)
CUSTOM = st.one_of(
    leaf("custom_field", st.just({"field": "generic_text_1"}), st.one_of(TEXT, ABSENT)),
    leaf(
        "custom_field",
        st.just({"field": "generic_integer_1"}),
        st.one_of(number(st.sampled_from([-1, 0, 2, 2.5])), ABSENT),
    ),
    leaf("custom_field", st.just({"field": "generic_date_1"}), st.one_of(dated(UNITS[2:]), ABSENT)),
    leaf("custom_field", st.just({"field": "plan"}), st.one_of(listed(PLANS), ABSENT)),
    leaf(
        "custom_field",
        st.just({"field": "vip"}),
        st.one_of(st.booleans().map(lambda yes: {"op": "is", "value": yes}), ABSENT),
    ),
)
ANNIVERSARY = st.one_of(
    st.integers(1, 40).map(lambda n: {"op": "anniversary", "value": {"next": n, "unit": "days"}}),
    st.sampled_from([("02-28", "03-01"), ("12-20", "01-10"), ("02-29", "02-29")]).map(
        lambda days: {"op": "anniversary", "value": {"from": days[0], "to": days[1]}}
    ),
)
MAILS = [
    leaf(name, CAMPAIGN, WINDOW, COUNT)
    for name in (
        "email_delivered email_unread email_unopened email_spam email_bounced "
        "email_opened email_clicked"
    ).split()
]
LEAVES = st.one_of(
    leaf("status", st.one_of(listed(["active", "inactive"]), ABSENT)),
    leaf("gender", st.one_of(listed(["female", "male", "other"]), ABSENT)),
    leaf("lifecycle", listed(["lead", "customer"])),
    leaf("account_type", listed(["guest", "registered"])),
    leaf("verified", st.booleans().map(lambda yes: {"op": "is", "value": yes})),
    leaf("age", st.one_of(number(st.sampled_from([17, 18, 30, 30.5, 65, 400])), ABSENT)),
    leaf("birth_date", st.one_of(dated(UNITS[2:]), ANNIVERSARY, ABSENT)),
    leaf("registered_at", dated(UNITS)),
    leaf("last_login", st.one_of(dated(UNITS), ABSENT, st.just({"op": "never"}))),
    FIELD,
    CUSTOM,
    leaf("tags", SETS([*TAGS, "vip", "nadie la tiene"])),
    leaf("category", SETS(CATEGORIES)),
    leaf(
        "consent",
        st.sampled_from([{"channel": "email"}, {"channel": "sms"}]),
        listed(["granted", "withdrawn", "never"]),
    ),
    leaf("login", WINDOW, COUNT),
    leaf("device", some(DEVICES).map(lambda value: {"op": "any", "value": value}), WINDOW, COUNT),
    leaf(
        "activity_count",
        some(KINDS).map(lambda kinds: {"kinds": kinds}),
        optional("mode", st.sampled_from(["any", "all", "sum"])),
        number(SMALL),
        WINDOW,
    ),
    leaf("email_open_count", CAMPAIGN, WINDOW, number(SMALL)),
    leaf(
        "bucket",
        st.sampled_from(["a", "b"]).map(lambda salt: {"salt": salt}),
        st.sampled_from([0, 12.5, 50, 100]).map(lambda share: {"percent": share}),
    ),
    leaf("target", listed(["inner", "outer"])),
    leaf("static_list", listed(LISTS)),
    *MAILS,
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=4).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
RULES = NODES.map(lambda node: {"version": 1, "rule": node})

# Windows that end where events of ``worlds`` lie, to the microsecond, and targets with unknowns.
EDGE = st.sampled_from(
    [
        (1, "days"),
        (7, "days"),
        (30, "days"),
        (1, "months"),
        (1, "years"),
        (24, "hours"),
        (90, "minutes"),
    ]
)
EDGE_WINDOW = EDGE.map(lambda edge: {"window": {"last": edge[0], "unit": edge[1]}})
EDGE_LAST = EDGE.map(lambda edge: {"op": "last", "value": {"n": edge[0], "unit": edge[1]}})
EDGE_LEAVES = st.one_of(
    *[
        leaf(name, EDGE_WINDOW, COUNT)
        for name in ("login", "email_delivered", "email_opened", "email_unopened")
    ],
    leaf("registered_at", EDGE_LAST),
    leaf("last_login", EDGE_LAST),
    leaf("target", listed(["inner", "outer"])),
)
EDGE_RULES = st.recursive(
    EDGE_LEAVES, lambda inner: inner.map(lambda part: {"not": part}), max_leaves=2
).map(lambda node: {"version": 1, "rule": node})
