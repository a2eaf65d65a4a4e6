"""The evaluator against an independent judge, on made-up rules and companies."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from customers.models import Customer
from targets.models import Target
from targets.reading import rule_from_json
from targets.schema import rule_schema
from targets.selectors.evaluation import counts, target_sql
from tests.targets.oracle import Judge
from tests.targets.rule_strategies import RULES
from tests.targets.worlds import INSTANTS, make_people, store

jsonschema = pytest.importorskip("jsonschema")
INNER = {
    "version": 1,
    "rule": {"any": [{"filter": "gender", "op": "any", "value": ["female"]}, {"filter": "login"}]},
}
OUTER = {
    "version": 1,
    "rule": {
        "not": {
            "all": [
                {"filter": "target", "op": "any", "value": ["inner"]},
                {"filter": "age", "op": "lt", "value": 40},
            ]
        }
    },
}


@pytest.mark.feature("TG00", "TG01", "TG02", "TG03", "TG04", "TG05", "TG06", "TG07", "TG08", "TG09")
@pytest.mark.feature("TG10", "TG12", "TG13", "TG14", "TG15", "TG18", "TG19", "TG27", "TG28")
@pytest.mark.parametrize(("number", "t"), list(enumerate(INSTANTS)))
@pytest.mark.django_db
def test_every_rule_finds_the_people_that_the_judge_finds(number, t):
    people = make_people(t, seed=number)
    store(people)
    for slug, rule in (("inner", INNER), ("outer", OUTER)):
        Target.objects.create(slug=slug, name=slug, rule=rule)
    judge = Judge(people, t, {"inner": INNER, "outer": OUTER})
    validator = jsonschema.Draft202012Validator(rule_schema())

    @settings(
        max_examples=80,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(RULES)
    def check(document):
        validator.validate(document)
        rule = rule_from_json(document)
        expected = judge.nodes(document)
        sql, params = target_sql(rule, t)
        found = Customer.objects.raw(sql, params)
        assert {str(one.public_id) for one in found} == expected["/rule"]
        judged = {pointer: len(ids) for pointer, ids in expected.items()}
        assert counts(rule, t).nodes == judged

    check()
