"""Counts, audiences, previews: what the screens and campaigns stand on."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections

from config.kit.errors import DomainError
from customers.models import Customer
from targets.reading import rule_from_json
from targets.selectors import evaluation
from targets.selectors.evaluation import (
    audience_sql,
    counts,
    counts_estimated,
    preview,
    preview_token,
    target_sql,
)
from tests.targets.conftest import T, document, found

WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}
VIP = {"filter": "tags", "op": "any", "value": ["vip"]}


@pytest.mark.feature("TG00", "TG28")
def test_every_node_is_counted_and_the_unknown_too(history):
    rule = rule_from_json(document({"all": [VIP, {"not": WOMEN}]}))
    found_counts = counts(rule, T)
    assert found_counts.total == 0
    assert found_counts.people == 3
    assert found_counts.nodes == {
        "/rule": 0,
        "/rule/all/0": 2,
        "/rule/all/1": 0,
        "/rule/all/1/not": 1,
    }
    assert found_counts.unknown == {"/rule/all/0": 0, "/rule/all/1/not": 2}


@pytest.mark.django_db
def test_leaves_of_one_family_are_read_in_one_pass(history):
    windows = [{"filter": "login", "window": {"last": n, "unit": "days"}} for n in range(1, 40)]
    sql, _params = target_sql(rule_from_json(document({"any": windows})), T)
    assert sql.count("FROM customers_activity") == 1


@pytest.mark.django_db
def test_500_conditions_and_32_levels_are_evaluated(history):
    leaves = [{"filter": "age", "op": "gte", "value": number} for number in range(499)]
    deep: dict[str, object] = {"any": leaves}
    for _level in range(30):
        deep = {"not": deep}
    assert counts(rule_from_json(document({"all": [deep, VIP]})), T).total == 1


@pytest.mark.feature("TG29")
def test_an_audience_is_who_is_in_some_target_and_in_none_of_the_others(history, make_target):
    vip, women = make_target("vip", VIP), make_target("women", WOMEN)
    unknown_gender = make_target("not-women", {"not": WOMEN})
    for include, exclude, names in (
        ([vip], [], {"Rayén", "Iker"}),
        ([vip, women], [women], {"Iker"}),
        ([vip], [unknown_gender], {"Rayén", "Iker"}),
        ([], [], set()),
    ):
        sql, params = audience_sql(include, exclude, T)
        assert {one.first_name for one in Customer.objects.raw(sql, params)} == names


@pytest.mark.feature("TG27")
def test_a_target_inside_a_target_is_evaluated_at_the_same_instant(people, make_target):
    make_target(
        "new", {"filter": "registered_at", "op": "last", "value": {"n": 2, "unit": "hours"}}
    )
    inside = {"filter": "target", "op": "any", "value": ["new"]}
    assert found(inside) == {"Nahuel"}
    assert found(inside, T + timedelta(hours=1, minutes=1)) == set()
    outside = {"filter": "target", "op": "none", "value": ["new"]}
    assert found(outside) == {"Rayén", "Iker"}


def test_targets_that_multiply_each_other_are_refused(people, make_target):
    rule = {"all": [{"filter": "age", "op": "gte", "value": n} for n in range(10)]}
    make_target("t0", rule)
    for level in range(1, 3):
        inner = {"filter": "target", "op": "any", "value": [f"t{level - 1}"]}
        parts = [{"any": [inner, {"filter": "age", "op": "gte", "value": n}]} for n in range(10)]
        make_target(f"t{level}", {"all": parts})
    inner = {"filter": "target", "op": "any", "value": ["t2"]}
    parts = [{"any": [inner, {"filter": "age", "op": "gte", "value": n}]} for n in range(10)]
    with pytest.raises(DomainError, match="rule_refused"):
        make_target("t3", {"all": parts})


@pytest.mark.feature("TG00")
def test_an_estimate_asks_a_sample_the_same_question(history, few_known):
    rule = rule_from_json(document({"all": [WOMEN, {"not": VIP}, {"filter": "login"}]}))
    exact, about = counts(rule), counts_estimated(rule)
    assert about.is_estimate
    assert not exact.is_estimate
    assert (about.total, about.people) == (exact.total, exact.people)
    assert about.nodes == exact.nodes
    assert counts(rule).times(10).nodes == {key: 10 * n for key, n in exact.nodes.items()}


@pytest.mark.django_db(transaction=True)
def test_a_preview_that_takes_too_long_is_stopped_with_a_word(monkeypatch):
    monkeypatch.setattr(evaluation, "PREVIEW_MS", 50)
    with pytest.raises(DomainError) as refused, preview(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    assert refused.value.code == "preview_too_slow"


def test_previews_of_one_kind_replace_each_other_and_those_of_another_do_not():
    token = str(uuid.uuid4())
    assert preview_token(token, "change") == preview_token(token, "change")
    assert preview_token(token, "change") != preview_token(token, "company")
    assert preview_token("nonsense", "change") == ""


@pytest.mark.django_db(transaction=True)
def test_a_newer_preview_of_the_same_builder_stops_the_older_one():
    token, refusals, started = str(uuid.uuid4()), [], threading.Event()

    def older() -> None:
        try:
            with preview(token), connection.cursor() as cursor:
                started.set()
                cursor.execute("SELECT pg_sleep(60)")
        except DomainError as refusal:
            refusals.append(refusal.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=older)
    thread.start()
    started.wait(60)
    while thread.is_alive():
        with preview(token):
            pass
        thread.join(0.05)
    assert refusals == ["preview_superseded"]
