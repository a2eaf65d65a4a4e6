"""The evaluator against an independent judge, on made-up rules and companies."""

import json
import os
import re
import zlib

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from customers.models import Customer
from targets.capture import PERSON_TABLE
from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.models import Target
from targets.reading import rule_from_json
from targets.registry import filters
from targets.rules.tree import walk
from targets.schema import rule_schema
from targets.selectors.evaluation import counts, target_sql
from targets.selectors.truths import PersonRule
from targets.upkeep.database import fetch
from targets.upkeep.program import some_instant
from tests.targets.oracle import Judge
from tests.targets.rule_strategies import EDGE_RULES, LEAVES, RULES
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


# Companies × two kinds of rules × examples; DIFFERENTIAL_EXAMPLES=100000 for a night.
TOTAL = int(os.environ.get("DIFFERENTIAL_EXAMPLES", "2016"))
EXPLAINED = 1
EXAMPLES = settings(
    max_examples=TOTAL // (2 * len(INSTANTS)),
    deadline=None,
    database=None,
    derandomize="DIFFERENTIAL_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
pytestmark = pytest.mark.django_db


@pytest.fixture(params=list(enumerate(INSTANTS)), ids=[at.isoformat() for at in INSTANTS])
def judge(request, db):
    """A company in the database, and the judge who knows it."""
    seed, at = request.param
    people = make_people(at, seed=seed)
    store(people)
    for slug, rule in (("inner", INNER), ("outer", OUTER)):
        Target.objects.create(slug=slug, name=slug, rule=rule)
    judge = Judge(people, at, {"inner": INNER, "outer": OUTER})
    judge.keys = {str(one.public_id): one.pk for one in Customer.objects.all()}
    return judge


def agree(judge, document):
    """The same people, and the same number of people at every node."""
    rule = rule_from_json(document)
    expected = judge.nodes(document)
    sql, params = target_sql(rule, judge.t)
    assert {str(one.public_id) for one in Customer.objects.raw(sql, params)} == expected["/rule"]
    assert counts(rule, judge.t).nodes == {at: len(ids) for at, ids in expected.items()}
    explained_alike(judge, document, rule)


def explained_alike(judge, document, rule):
    """For some people: every node true, false or unknown as the judge says."""
    draw = zlib.crc32(json.dumps(document).encode())
    for place in range(EXPLAINED):
        person = judge.people[(draw + place) % len(judge.people)]
        course = PersonRule(rule, judge.keys[person.public_id], Catalog()).course([judge.t])
        for pointer, node in walk(rule.root):
            told = judge.truth(resolve(document, pointer), person)
            assert course.truth(node) is told, (pointer, person)


def resolve(document, pointer):
    """What stands at a JSON Pointer."""
    for step in pointer.strip("/").split("/"):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@pytest.mark.feature("TG00", "TG28", "BX02")
def test_every_rule_finds_the_people_that_the_judge_finds(judge):
    validator = jsonschema.Draft202012Validator(rule_schema())

    @EXAMPLES
    @given(RULES)
    def check(document):
        validator.validate(document)
        agree(judge, document)

    check()


@pytest.mark.feature("TG28")
def test_events_on_the_edge_of_a_window_fall_on_the_side_that_the_judge_says(judge):
    @EXAMPLES
    @given(EDGE_RULES)
    def check(document):
        agree(judge, document)

    check()


SEEN = "SELECT prosrc FROM pg_proc WHERE proname = 'targets_see_customers_customer_update'"


@pytest.mark.feature("BX01")
@pytest.mark.parametrize("judge", [(0, INSTANTS[0])], indirect=True)
def test_a_condition_follows_every_column_that_it_asks_and_the_capture_names_them(judge):
    """Upkeep evaluates it only when one of those columns changed."""
    told = fetch(SEEN)[0][0]

    @EXAMPLES
    @given(LEAVES)
    def check(node):
        [leaf] = rule_from_json({"version": 1, "rule": node}).leaves
        scope = Scope(some_instant(), Catalog())
        scope.member = lambda slug: "TRUE"
        [sql] = filters[leaf.filter].compile([leaf], scope)
        asked = set(re.findall(r"\bperson\.(\w+)", " ".join([sql, *scope.joins.values()])))
        sources = filters[leaf.filter].sources(leaf)
        followed = {
            one.partition(":")[2] for one in sources if one.partition(":")[0] == PERSON_TABLE
        }
        assert asked - {"id"} <= followed, leaf
        assert all(f"'{column}'" in told for column in followed)

    check()
