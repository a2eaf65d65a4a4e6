"""Whatever a rule is made of: a refusal at its path or an evaluation, at every door, never a 500."""

import copy
import json
from random import Random

import pytest
from django.core.management import CommandError
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.models import CustomField
from targets.models import Target
from targets.reading import rule_from_json
from targets.rules.problems import RuleRefused
from targets.selectors.evaluation import counts
from tests.targets.conftest import document
from tests.targets.rule_strategies import RULES
from tests.targets.test_commands import run
from tests.targets.worlds import INSTANTS, make_people, store

pytestmark = [pytest.mark.feature("TG00"), pytest.mark.django_db]
NEW, FILTER = "/backoffice/targets/new/", "/backoffice/targets/filter/"
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**18), 10**18),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.sampled_from(
            ["any", "all", "not", "VIP", "gold", "2026-02-30", "'; --", "\0", "%s", ""]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                "filter op value window count campaign field kinds all any not last unit n".split()
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
DEEPLY = settings(
    max_examples=250,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
THROUGH_DOORS = settings(DEEPLY, max_examples=20)
TOO_MANY = document({"all": [{"filter": "age", "op": "gte", "value": n} for n in range(10_000)]})


def places(value, path=()):
    """Every place of a document."""
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from places(inner, (*path, key))


def spoiled(rule, junk, draw):
    """A rule with junk in one of its places, or beside what stands there, or without it."""
    rule = copy.deepcopy(rule)
    dice = Random(draw)
    path = dice.choice([one for one in places(rule) if one])
    holder = rule
    for step in path[:-1]:
        holder = holder[step]
    verb = dice.randrange(4)
    if verb == 0:
        del holder[path[-1]]
    elif verb == 1 and isinstance(holder, dict):
        holder[dice.choice(["extra", "op", "value", "window", "all", "not"])] = junk
    else:
        holder[path[-1]] = junk
    return rule


SPOILED = st.builds(spoiled, RULES, JUNK, st.integers(0, 2**32))
FUZZED = st.one_of(
    SPOILED, SPOILED, RULES, JUNK, JUNK.map(lambda junk: {"version": 1, "rule": junk})
)


@pytest.fixture
def world(db):
    """What the names of rules stand for."""
    store(make_people(INSTANTS[0], seed=0, number=6))
    everybody = document({"all": []})
    for slug in ("inner", "outer"):
        Target.objects.create(slug=slug, name=slug, rule=everybody)


def leads_into(path, whole):
    """Whether a JSON Pointer names a place of the document, or one that it lacks."""
    value = whole
    steps = path.split("/")[1:]
    for step in steps[:-1]:
        if isinstance(value, list):
            value = value[int(step)]
        elif isinstance(value, dict) and step.replace("~1", "/").replace("~0", "~") in value:
            value = value[step.replace("~1", "/").replace("~0", "~")]
        else:
            return False
    return path == "" or path.startswith("/")


def read(whole):
    """The rule, or why it is none."""
    try:
        return rule_from_json(whole), []
    except RuleRefused as refusal:
        return None, refusal.problems


def test_a_spoiled_rule_is_refused_at_its_path_or_can_be_counted(world):
    outcomes = {"refused": 0, "counted": 0}

    @DEEPLY
    @given(FUZZED)
    def check(whole):
        rule, problems = read(whole)
        outcomes["refused" if rule is None else "counted"] += 1
        if rule is None:
            assert problems
            for one in problems:
                assert one.message
                assert leads_into(one.path, whole), (one.path, whole)
        else:
            assert counts(rule, INSTANTS[0]).nodes
            assert rule_from_json(rule.to_json()) == rule

    check()
    assert min(outcomes.values()) > 10, outcomes


def test_no_door_breaks_on_it(world, ana_client, tmp_path):
    file = tmp_path / "rule.json"

    @THROUGH_DOORS
    @given(FUZZED)
    def check(whole):
        text = json.dumps(whole)
        form = {"n-kind": "all", "node": "n0", "n0-leaf": text, "name": "X", "json": text}
        for url in (NEW, FILTER):
            for verb in ("json", "count", "open:n0"):
                assert ana_client.post(url, form | {"do": verb}).status_code in (200, 422)
        if read(whole)[0] is None:
            assert ana_client.post(NEW, form | {"do": "json"}).status_code == 422
        listed = ana_client.get(reverse("customers:list"), {"rule": text, "f": "1"})
        assert listed.status_code == 200
        assert ana_client.get(NEW, {"rule": text}).status_code == 200
        file.write_text(text)
        if read(whole)[0] is None:
            with pytest.raises(CommandError):
                run("target_count", "--rule", str(file), "--json")
        else:
            assert json.loads(run("target_count", "--rule", str(file), "--json"))["nodes"]

    check()


def test_ten_thousand_conditions_are_refused_at_every_door(world, ana_client, tmp_path):
    text = json.dumps(TOO_MANY)
    page = ana_client.post(NEW, {"do": "json", "json": text, "n-kind": "all"})
    assert page.status_code == 422
    assert "A rule has at most 500 conditions." in page.content.decode()
    assert "/rule/all/500" in page.content.decode()
    nodes = {f"n{n}-leaf": '{"filter": "verified", "op": "is", "value": true}' for n in range(600)}
    saved = {"name": "X", "do": "save", "n-kind": "all", "node": [f"n{n}" for n in range(600)]}
    assert ana_client.post(NEW, saved | nodes).status_code == 422
    assert Target.objects.count() == 2
    file = tmp_path / "rule.json"
    file.write_text(text)
    with pytest.raises(CommandError, match="/rule/all/500"):
        run("target_count", "--rule", str(file))


@pytest.mark.feature("TG04")
def test_a_target_whose_custom_field_is_gone_says_so_wherever_it_is_looked_at(
    history, make_target, ana_client
):
    field = CustomField.objects.create(key="plan", label="Plan", kind="text")
    rule = {"filter": "custom_field", "field": "plan", "op": "is", "value": "oro"}
    target = make_target("plan", rule)
    CustomField.objects.filter(pk=field.pk).delete()
    rayen = history["rayen"]
    for name, more in {"target": [], "edit": [], "explain": [rayen.public_id]}.items():
        page = ana_client.get(reverse(f"targets:{name}", args=[target.public_id, *more]))
        assert page.status_code == 200, name
        assert "plan" in page.content.decode(), name
    for asked in ({"target": "plan"}, {"rule": json.dumps(document(rule))}):
        page = ana_client.get(reverse("customers:list"), {**asked, "f": "1"})
        assert page.status_code == 200
    with pytest.raises(CommandError, match="“plan” does not exist"):
        run("target_explain", "plan", "rayen@correo.example")
