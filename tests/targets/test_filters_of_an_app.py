"""Two filters that an app above contributes through the registry alone, with its own tables.

A notification-like one and an order-like one: found, counted, followed, foretold, explained,
described, edited and refused like those of the product.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.db import connection
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.kit.translations import compile_all
from customers.models import Customer
from targets.catalog import Catalog
from targets.compiling.instant import Instant
from targets.models import Membership, MembershipChange, Target
from targets.reading import rule_from_json, rule_from_text
from targets.registry import (
    SECTIONS,
    WitnessKind,
    filters,
    happenings,
    register_filters,
    witnesses,
)
from targets.rules.problems import RuleRefused
from targets.rules.tree import walk
from targets.schema import rule_schema
from targets.selectors.evaluation import counts, target_sql
from targets.selectors.explaining import explain
from targets.selectors.truths import PersonRule, instants_ahead
from targets.selectors.words import rule_words
from targets.upkeep.worker import Upkeep
from tests.architecture.source import ROOT
from tests.targets.conftest import T, document, evidence_of
from tests.targets.rule_strategies import COUNT, EDGE_WINDOW, WINDOW, leaf, optional
from tests.targets.shop_app.judge import ShopJudge
from tests.targets.shop_app.tables import FORWARD, NOTICES, ORDERS
from tests.targets.test_differential import resolve
from tests.targets.test_flips import sampled
from tests.targets.worlds import INSTANTS, edges, make_people, store

jsonschema = pytest.importorskip("jsonschema")
pytestmark = [pytest.mark.feature("TG17", "TG25"), pytest.mark.django_db]
CAMPAIGNS, METHODS = ["rebajas", "puntos"], ["webpay", "bizum"]
PAID = {"filter": "order_paid"}
BIG = {
    "filter": "order_paid",
    "amount": {"op": "gte", "value": 10_000, "currency": "CLP"},
    "method": ["webpay"],
    "count": {"op": "gte", "value": 2},
    "window": {"last": 30, "unit": "days"},
}
UNREAD = {"filter": "notice_unread", "campaign": ["rebajas"], "window": {"last": 7, "unit": "days"}}
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(db, monkeypatch) -> None:
    """The app is installed: its tables are there, its plugins are registered."""
    with connection.cursor() as cursor:
        cursor.execute(FORWARD)
    for registry in (filters, witnesses, happenings):
        monkeypatch.setattr(registry, "_values", dict(registry.items()))
    monkeypatch.setitem(SECTIONS, "shop", "The shop")
    register_filters("tests.targets.shop_app.filters")
    for kind in ("order", "notice"):
        witnesses.register(
            kind, WitnessKind(permission="", url=lambda witness, _customer: f"/shop/{witness.id}")
        )
    happenings.register(ORDERS, "an order of theirs changed")


@pytest.fixture
def spanish(tmp_path, settings) -> Iterator[None]:
    """The app's catalogue beside the product's."""
    compile_all()
    written = tmp_path / "es" / "LC_MESSAGES" / "django.mo"
    written.parent.mkdir(parents=True)
    texts = (ROOT / "tests" / "targets" / "shop_app" / "spanish.po").read_bytes().splitlines(True)
    with written.open("wb") as file:
        write_mo(file, read_po([line.decode() for line in texts], locale="es"))
    settings.LOCALE_PATHS = [settings.LOCALE_DIR, tmp_path]
    with translation.override("es"):
        yield


def order(person: int, paid_at: datetime | None, amount: int = 12_000, **more) -> int:
    values = {"rejected_at": None, "currency": "CLP", "method": "webpay", **more}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ORDERS} (customer_id, paid_at, amount, rejected_at, currency, method) "
            "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            [person, paid_at, amount, *values.values()],
        )
        return int(cursor.fetchone()[0])


def notice(person: int, sent_at: datetime | None, opened_at: datetime | None = None, **more) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {NOTICES} (customer_id, campaign, sent_at, opened_at) "
            "VALUES (%s, %s, %s, %s) RETURNING id",
            [person, more.get("campaign", "rebajas"), sent_at, opened_at],
        )
        return int(cursor.fetchone()[0])


def members(slug: str) -> set[str]:
    held = Membership.objects.filter(target__slug=slug).values("customer_id")
    return set(Customer.objects.filter(pk__in=held).values_list("first_name", flat=True))


@pytest.fixture(params=[0, 2], ids=["a Monday", "clocks change"])
def judge(request, shop) -> ShopJudge:
    """A company with orders and notices at the edges of windows, past and dated ahead."""
    at = INSTANTS[request.param]
    people = make_people(at, seed=request.param, number=25)
    store(people)
    keys = {str(one.public_id): one.pk for one in Customer.objects.all()}
    dice, moments = Random(request.param), [*edges(at), at + timedelta(days=2)]
    orders: dict[str, list[dict[str, Any]]] = {}
    notices: dict[str, list[dict[str, Any]]] = {}
    for person in people:
        for _row in range(dice.randrange(4)):
            row = {
                "paid_at": dice.choice([*moments, None]),
                "amount": dice.choice([0, 9_999, 10_000, 50_000]),
                "rejected_at": dice.choice([*moments, None, None]),
                "currency": dice.choice(["CLP", "EUR"]),
                "method": dice.choice(METHODS),
            }
            orders.setdefault(person.public_id, []).append(row)
            order(keys[person.public_id], **row)
        for _row in range(dice.randrange(4)):
            row = {
                "sent_at": dice.choice([*moments, None]),
                "opened_at": dice.choice([*moments, None, None]),
                "campaign": dice.choice(CAMPAIGNS),
            }
            notices.setdefault(person.public_id, []).append(row)
            notice(keys[person.public_id], **row)
    judge = ShopJudge(people, at, orders, notices)
    judge.keys = keys
    return judge


SOME = lambda names: st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)  # noqa: E731
AMOUNT = st.builds(
    lambda op, value, currency: {"op": op, "value": value, "currency": currency},
    st.sampled_from(["lt", "gte", "eq", "ne"]),
    st.sampled_from([0, 10_000, 49_999]),
    st.sampled_from(["CLP", "EUR"]),
)
LEAVES = st.one_of(
    leaf(
        "order_paid",
        optional("amount", AMOUNT),
        optional("method", st.one_of(st.just("any"), SOME(METHODS))),
        WINDOW | EDGE_WINDOW,
        COUNT,
    ),
    leaf("notice_unread", optional("campaign", SOME(CAMPAIGNS)), WINDOW | EDGE_WINDOW, COUNT),
    leaf("login", WINDOW, COUNT),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
).map(document)
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.mark.feature("TG00", "TG28", "BX02")
def test_its_rules_find_and_explain_as_the_judge_does(judge):
    validator = jsonschema.Draft202012Validator(rule_schema())

    @EXAMPLES
    @given(RULES)
    def check(asked):
        validator.validate(asked)
        rule, expected = rule_from_json(asked), judge.nodes(asked)
        sql, params = target_sql(rule, judge.t)
        found = {str(one.public_id) for one in Customer.objects.raw(sql, params)}
        assert found == expected["/rule"]
        assert counts(rule, judge.t).nodes == {at: len(ids) for at, ids in expected.items()}
        person = judge.people[len(str(asked)) % len(judge.people)]
        course = PersonRule(rule, judge.keys[person.public_id], Catalog()).course([judge.t])
        for at, node in walk(rule.root):
            assert course.truth(node) is judge.truth(resolve(asked, at), person), at

    check()


@pytest.mark.feature("BX01", "BX02")
def test_a_truth_of_its_rules_is_constant_up_to_the_flip_that_is_told(judge):
    @EXAMPLES
    @given(RULES, st.integers(0, 2**16))
    def check(asked, draw):
        dice = Random(draw)
        person = dice.choice(judge.people)
        rule = rule_from_json(asked)
        judged = PersonRule(rule, judge.keys[person.public_id], Catalog())
        start = Instant(judge.t, "America/Santiago")
        ahead = instants_ahead(judged.edges(), judge.keys[person.public_id], start)
        course = judged.course([judge.t, *ahead.instants])
        flip, before = course.flip(rule.root), judge.truth(asked["rule"], person)
        assert course.truth(rule.root) is before
        last = flip or (ahead.instants[-1] if ahead.instants else judge.t) + timedelta(days=60)
        for moment in sampled(dice, judge.t, last):
            assert judge.at(moment).truth(asked["rule"], person) is before, (moment, flip)
        if flip:
            assert judge.at(flip).truth(asked["rule"], person) is not before

    check()


@pytest.mark.feature("BX01")
def test_upkeep_follows_its_tables_and_time_over_them(shop, people, make_target):
    rayen, iker = people["rayen"].pk, people["iker"].pk
    for slug, rule in {"pagaron": PAID, "grandes": BIG, "sin-leer": UNREAD}.items():
        make_target(slug, rule)
    at = T + timedelta(days=365)

    def settle(moment: datetime) -> None:
        while Upkeep(now=lambda: moment).settle():
            pass
        for target in Target.objects.all():
            sql, params = target_sql(target, moment)
            fresh = {one.first_name for one in Customer.objects.raw(sql, params)}
            assert members(target.slug) == fresh, (target.slug, moment)

    first = order(rayen, at - timedelta(days=29))
    order(rayen, at - timedelta(days=2), 10_000)
    order(iker, at + timedelta(days=1))
    with connection.cursor() as cursor:
        sql = f"COPY {NOTICES} (customer_id, campaign, sent_at) FROM STDIN"
        with cursor.copy(sql) as copy:
            copy.write_row([iker, "rebajas", at - timedelta(days=6)])
            copy.write_row([rayen, "puntos", at])
    settle(at)
    assert (members("pagaron"), members("grandes")) == ({"Rayén"}, {"Rayén"})
    assert members("sin-leer") == {"Iker"}
    settle(at + timedelta(days=1) - SECOND)
    assert (members("pagaron"), members("sin-leer")) == ({"Rayén"}, {"Iker"})
    settle(at + timedelta(days=1))
    assert members("pagaron") == {"Rayén", "Iker"}, "an order dated ahead is paid when it comes"
    assert members("grandes") == set(), "an order left the window"
    assert members("sin-leer") == set(), "a notice left the window"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {ORDERS} SET rejected_at = %s WHERE id = %s", [at, first])
        cursor.execute(f"UPDATE {ORDERS} SET paid_at = NULL WHERE customer_id = %s", [iker])
        cursor.execute(f"DELETE FROM {NOTICES} WHERE customer_id = %s", [iker])
    settle(at + timedelta(days=1, seconds=1))
    assert members("pagaron") == {"Rayén"}
    last = MembershipChange.objects.latest("id")
    assert (last.customer_id, last.cause) == (iker, "change")
    assert last.source == f"{NOTICES},{ORDERS}"


@pytest.mark.feature("BX02")
def test_its_orders_are_the_witnesses_of_an_explanation(shop, people, make_target, ana_client):
    rayen = people["rayen"]
    paid = T - timedelta(days=3)
    number = order(rayen.pk, paid)
    other = order(rayen.pk, T - timedelta(days=20))
    target = make_target("grandes", BIG)
    found = explain(target, rayen, T)
    [condition] = found.leaves
    assert (condition.truth, evidence_of(condition).value) == (True, 2)
    assert [(one.kind, one.id, one.at) for one in evidence_of(condition).witnesses] == [
        ("order", number, paid),
        ("order", other, T - timedelta(days=20)),
    ]
    assert found.flips_at == T + timedelta(days=10)
    why = f"/backoffice/targets/{target.public_id}/people/{rayen.public_id}/"
    page = ana_client.get(why, {"at": T.isoformat()}).content.decode()
    assert "paid for an order" in page


def test_it_is_described_in_both_languages(shop, spanish):
    rule = rule_from_json(document({"all": [BIG, {"not": UNREAD}]}))
    assert rule_words(rule) == (
        "Personas que pagaron una orden de al menos 10.000 CLP con webpay al menos 2 veces en los "
        "últimos 30 días y no están entre quienes recibieron una notificación de rebajas en los "
        "últimos 7 días y no la leyeron."
    )
    with translation.override("en"):
        assert rule_words(rule) == (
            "People who paid for an order of at least 10,000 CLP with webpay at least 2 times in "
            "the last 30 days and are not among those who were sent a notice of rebajas in the "
            "last 7 days and did not open it."
        )


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (PAID | {"amount": 5}, "/rule/amount"),
        (PAID | {"amount": {"op": "gte", "value": 5}}, "/rule/amount/currency"),
        (PAID | {"amount": {"op": "gte", "value": -5, "currency": "CLP"}}, "/rule/amount/value"),
        (PAID | {"amount": {"op": "gte", "value": 5, "currency": "XXX"}}, "/rule/amount/currency"),
        (PAID | {"method": ["oro"]}, "/rule/method"),
        (PAID | {"op": "is", "value": True}, "/rule/op"),
        ({"all": [UNREAD | {"campaign": ["nadie"]}]}, "/rule/all/0/campaign"),
        (UNREAD | {"window": {"last": 0, "unit": "days"}}, "/rule/window/last"),
    ],
)
def test_what_is_wrong_in_it_is_refused_at_its_path(shop, rule, path):
    with pytest.raises(RuleRefused) as refusal:
        rule_from_json(document(rule))
    assert path in [one.path for one in refusal.value.problems]


@pytest.mark.feature("TG00")
def test_the_builder_offers_it_with_its_fields(shop, people, ana_client: Client):
    order(people["iker"].pk, T - timedelta(days=1), 7_000, method="bizum")
    new = "/backoffice/targets/new/"
    page = ana_client.get(new).content.decode()
    assert '<optgroup label="The shop">' in page
    assert '<option value="order_paid">Order paid</option>' in page
    posted = {
        "n-kind": "all",
        "node": ["n0"],
        "n0-filter": "order_paid",
        "n0-was": "order_paid",
        "n0-amount_kind": "some",
        "n0-amount_op": "between",
        "n0-amount_value": "5000",
        "n0-amount_value_2": "8000",
        "n0-amount_currency": "CLP",
        "n0-method": ["bizum"],
        "n0-count_op": "gte",
        "n0-count_value": "1",
        "n0-window_kind": "",
        "do": "count",
    }
    builder = ana_client.post(new, posted).context["builder"]
    assert builder.problems == {}
    assert builder.rule.to_json() == document(
        {
            "all": [
                {
                    "filter": "order_paid",
                    "amount": {"op": "between", "value": [5000, 8000], "currency": "CLP"},
                    "method": ["bizum"],
                }
            ]
        }
    )
    assert builder.counts.total == 1
    assert rule_from_text(builder.text).to_json() == builder.rule.to_json()
    refused = ana_client.post(new, {**posted, "n0-amount_value": "9000"})
    assert "The second number must not be smaller than the first." in refused.content.decode()
