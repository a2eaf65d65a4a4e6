"""Documents that are no rules are refused at their place; depth and size hurt nobody."""

import json

import pytest

from targets.models import Target
from targets.reading import rule_from_json, rule_from_text
from targets.rules.problems import RuleRefused
from targets.rules.tree import Leaf

AGE = {"filter": "age", "op": "gte", "value": 18}


def problems(rule, **more):
    with pytest.raises(RuleRefused) as refused:
        rule_from_json({"version": 1, "rule": rule, **more})
    return [(one.path, one.message) for one in refused.value.problems]


@pytest.mark.feature("TG00", "TG28")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"filter": "wings"}, "/rule/filter"),
        ({"filter": 7}, "/rule/filter"),
        ({}, "/rule/filter"),
        ([], "/rule"),
        (None, "/rule"),
        ({"all": {}}, "/rule/all"),
        ({"all": [AGE], "any": []}, "/rule"),
        ({"not": [AGE]}, "/rule/not"),
        ({"all": [AGE, {"not": {"any": [7]}}]}, "/rule/all/1/not/any/0"),
        ({**AGE, "op": "approximately"}, "/rule/op"),
        ({**AGE, "op": None}, "/rule/op"),
        ({**AGE, "op": ["gte"]}, "/rule/op"),
        ({**AGE, "value": "18"}, "/rule/value"),
        ({**AGE, "value": True}, "/rule/value"),
        ({**AGE, "value": 10**16}, "/rule/value"),
        ({"filter": "age", "op": "gte"}, "/rule/value"),
        ({"filter": "age", "op": "between", "value": [65, 18]}, "/rule/value"),
        ({"filter": "age", "op": "between", "value": [1, 2, 3]}, "/rule/value"),
        ({"filter": "age", "op": "between", "value": [1, "2"]}, "/rule/value/1"),
        ({"filter": "age", "op": "any", "value": []}, "/rule/value"),
        ({"filter": "age", "op": "empty", "value": 1}, "/rule/value"),
        ({**AGE, "extra/key~": 1}, "/rule/extra~1key~0"),
        ({"filter": "gender", "op": "any", "value": ["female", "x"]}, "/rule/value/1"),
        ({"filter": "gender", "op": "is", "value": "female"}, "/rule/op"),
        ({"filter": "birth_date", "op": "on", "value": "2026-02-30"}, "/rule/value"),
        ({"filter": "birth_date", "op": "on", "value": "20260201"}, "/rule/value"),
        ({"filter": "birth_date", "op": "on", "value": "0001-01-01"}, "/rule/value"),
        (
            {"filter": "birth_date", "op": "last", "value": {"n": 0, "unit": "days"}},
            "/rule/value/n",
        ),
        (
            {"filter": "birth_date", "op": "last", "value": {"n": 1, "unit": "hours"}},
            "/rule/value/unit",
        ),
        ({"filter": "birth_date", "op": "never"}, "/rule/op"),
        (
            {
                "filter": "birth_date",
                "op": "anniversary",
                "value": {"from": "02-30", "to": "03-01"},
            },
            "/rule/value/from",
        ),
        (
            {"filter": "registered_at", "op": "between", "value": ["2026-02-01", "2026-01-01"]},
            "/rule/value",
        ),
        ({"filter": "field", "field": "password", "op": "empty"}, "/rule/field"),
        ({"filter": "field", "op": "empty"}, "/rule/field"),
        ({"filter": "field", "field": "city", "op": "is", "value": ""}, "/rule/value"),
        ({"filter": "field", "field": "city", "op": "is", "value": "a\x00b"}, "/rule/value"),
        ({"filter": "field", "field": "city", "op": "is", "value": "\ud800"}, "/rule/value"),
        ({"filter": "field", "field": "city", "op": "is", "value": "x" * 501}, "/rule/value"),
        ({"filter": "custom_field", "field": "nope", "op": "empty"}, "/rule/field"),
        ({"filter": "tags", "op": "all", "value": ["VIP", 3]}, "/rule/value/1"),
        ({"filter": "category", "op": "any", "value": ["nope"]}, "/rule/value/0"),
        ({"filter": "login", "window": {"last": 30}}, "/rule/window/unit"),
        ({"filter": "login", "window": {"last": -1, "unit": "days"}}, "/rule/window/last"),
        ({"filter": "login", "window": {"last": 1e9, "unit": "years"}}, "/rule/window/last"),
        ({"filter": "login", "window": {}}, "/rule/window"),
        ({"filter": "login", "window": {"from": "2026-05-01", "to": "2026-04-01"}}, "/rule/window"),
        ({"filter": "login", "window": {"from": "May"}}, "/rule/window/from"),
        ({"filter": "login", "window": {"since": "2026-05-01"}}, "/rule/window/since"),
        ({"filter": "login", "count": {"op": "gte", "value": 1.5}}, "/rule/count/value"),
        ({"filter": "login", "count": {"op": "gte", "value": -1}}, "/rule/count/value"),
        ({"filter": "login", "op": "gte", "value": 1}, "/rule/op"),
        ({"filter": "device", "op": "none", "value": ["mobile"]}, "/rule/op"),
        ({"filter": "activity_count", "op": "gte", "value": 1}, "/rule/kinds"),
        ({"filter": "activity_count", "kinds": ["flying"], "op": "gte", "value": 1}, "/rule/kinds"),
        (
            {
                "filter": "activity_count",
                "kinds": ["login"],
                "mode": "most",
                "op": "gte",
                "value": 1,
            },
            "/rule/mode",
        ),
        ({"filter": "consent", "op": "any", "value": ["granted"]}, "/rule/channel"),
        (
            {"filter": "consent", "channel": "pigeon", "op": "any", "value": ["granted"]},
            "/rule/channel",
        ),
        ({"filter": "email_opened", "campaign": "nope"}, "/rule/campaign"),
        ({"filter": "email_opened", "campaign": []}, "/rule/campaign"),
        ({"filter": "target", "op": "any", "value": ["nope"]}, "/rule/value/0"),
        ({"filter": "bucket", "salt": "x", "percent": 101}, "/rule/percent"),
        ({"filter": "bucket", "percent": 10}, "/rule/salt"),
        ({"filter": "verified", "op": "is", "value": "yes"}, "/rule/value"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_path(rule, path):
    assert next(where for where, _message in problems(rule)) == path


def test_version_and_unknown_keys_of_the_document_are_refused():
    assert [path for path, _ in problems(AGE, name="x")] == ["/name"]
    with pytest.raises(RuleRefused) as refused:
        rule_from_json({"version": 2, "rule": AGE})
    assert refused.value.problems[0].path == "/version"


def nested(levels):
    rule = AGE
    for _level in range(levels):
        rule = {"not": rule}
    return rule


def test_32_levels_are_read_and_33_are_refused_at_their_place():
    assert rule_from_json({"version": 1, "rule": nested(32)}).leaves
    assert [path for path, _ in problems(nested(50))] == ["/rule" + "/not" * 32]


def test_500_conditions_are_read_and_the_next_is_refused():
    assert len(rule_from_json({"version": 1, "rule": {"all": [AGE] * 500}}).leaves) == 500
    refused = problems({"any": [AGE] * 10_000})
    assert (
        refused == [("/rule/any/500", "A rule has at most 500 conditions.")]
        or refused[0][0] == "/rule/any/500"
    )


def test_empty_groups_without_end_are_refused():
    assert [path for path, _ in problems({"any": [{"all": []}] * 5000})] == ["/rule/any/1999"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"version": 1, "rule": NaN}',
        '{"version": 1, "rule": {"filter": "age", "op": "gte", "value": 1e999}}',
        '{"version": 1, "rule": {"filter": "age", "op": "gte", "value": ' + "9" * 5000 + "}}",
        '{"version": 1, "rule": ' + '{"not":' * 100_000 + "}" * 100_000 + "}",
        "[" * 200_000,
        '"' + "x" * 3_000_000 + '"',
        "7",
        "null",
    ],
    ids=["empty", "cut", "nan", "infinite", "long", "deep", "brackets", "huge", "number", "null"],
)
def test_a_text_that_is_no_document_is_refused(text):
    with pytest.raises(RuleRefused):
        rule_from_text(text)


def test_a_refused_rule_saves_nothing(ana_client):
    page = ana_client.post(
        "/backoffice/targets/new/",
        {"name": "X", "do": "save", "n-kind": "all", "node": "n0", "n0-leaf": '{"filter":"wings"}'},
    )
    assert page.status_code == 422
    assert not Target.objects.exists()


@pytest.mark.django_db
def test_defaults_and_repetitions_are_left_out_and_equal_conditions_share_a_key():
    spelled = {
        "filter": "email_opened",
        "campaign": "any",
        "count": {"op": "gte", "value": 1.0},
        "window": {"last": 30, "unit": "days"},
    }
    rule = rule_from_json({"version": 1, "rule": spelled})
    assert rule.to_json()["rule"] == {
        "filter": "email_opened",
        "window": {"last": 30, "unit": "days"},
    }
    one = Leaf.of({"filter": "gender", "op": "any", "value": ["male", "female"]})
    other = Leaf.of({"op": "any", "value": ["female", "male"], "filter": "gender"})
    assert one.key == other.key
    assert Leaf.of({"filter": "age", "op": "between", "value": [1, 2]}).key != (
        Leaf.of({"filter": "age", "op": "between", "value": [2, 1]}).key
    )


@pytest.mark.django_db
def test_tags_that_differ_by_case_are_one():
    rule = rule_from_json(
        {"version": 1, "rule": {"filter": "tags", "op": "all", "value": ["VIP", "vip", "Oro"]}}
    )
    assert rule.to_json()["rule"]["value"] == ["VIP", "Oro"]


@pytest.mark.django_db
def test_the_published_schema_is_a_schema_and_refuses_what_it_can(ana_client):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(ana_client.get("/backoffice/targets/schema.json").content)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"version": 1, "rule": {"all": [AGE, {"not": AGE}]}})
    for wrong in (
        {"filter": "wings"},
        {**AGE, "value": "18"},
        {**AGE, "extra": 1},
        {"filter": "gender", "op": "any", "value": []},
        {"all": [AGE], "any": []},
        {"filter": "login", "window": {"last": 0, "unit": "days"}},
    ):
        assert not validator.is_valid({"version": 1, "rule": wrong}), wrong
