"""The tree of the builder: what its buttons do, and that nothing is lost on the way."""

import copy

import pytest
from hypothesis import given, settings

from targets.backoffice.draft import (
    DraftGroup,
    DraftLeaf,
    act,
    from_rule,
    leaves,
    pointers,
    put,
    require,
    required,
    to_rule,
)
from tests.targets.oracle import Judge
from tests.targets.rule_strategies import NODES
from tests.targets.worlds import INSTANTS, make_people

A, B, C = ({"filter": name} for name in "abc")


def tree():
    """all[A, any[B, C]]"""
    return from_rule({"all": [A, {"any": [B, C]}]})


def done(verb, *path):
    root = tree()
    act(root, verb, path)
    return to_rule(root)


@pytest.mark.feature("TG00")
@pytest.mark.parametrize(
    ("verb", "path", "rule"),
    [
        ("remove", (0,), {"all": [{"any": [B, C]}]}),
        ("remove", (1,), {"all": [A]}),
        ("remove", (1, 0), {"all": [A, {"any": [C]}]}),
        ("down", (0,), {"all": [{"any": [A, B, C]}]}),
        ("up", (1,), {"all": [{"any": [B, C]}, A]}),
        ("up", (1, 0), {"all": [A, B, {"any": [C]}]}),
        ("up", (1, 1), {"all": [A, {"any": [C, B]}]}),
        ("down", (1, 1), {"all": [A, {"any": [B]}, C]}),
        ("up", (0,), {"all": [A, {"any": [B, C]}]}),
        ("add", (), {"all": [A, {"any": [B, C]}, {}]}),
        ("group", (1,), {"all": [A, {"any": [B, C, {"all": [{}]}]}]}),
        ("copy", (0,), {"all": [A, A, {"any": [B, C]}]}),
        ("copy", (1,), {"all": [A, {"any": [B, C]}, {"any": [B, C]}]}),
        ("wrap", (0,), {"all": [{"any": [A]}, {"any": [B, C]}]}),
        ("wrap", (1, 0), {"all": [A, {"any": [{"all": [B]}, C]}]}),
        ("negate", (0,), {"all": [{"not": {"any": [A]}}, {"any": [B, C]}]}),
        ("negate", (1,), {"all": [A, {"not": {"any": [{"any": [B, C]}]}}]}),
        ("dissolve", (1,), {"all": [A, B, C]}),
        ("dissolve", (0,), {"all": [A, {"any": [B, C]}]}),
        ("dissolve", (), {"all": [A, {"any": [B, C]}]}),
        ("remove", (7, 7), {"all": [A, {"any": [B, C]}]}),
        ("remove", (), {"all": [A, {"any": [B, C]}]}),
        ("unheard", (0,), {"all": [A, {"any": [B, C]}]}),
    ],
)
def test_a_button_does_what_it_says(verb, path, rule):
    assert done(verb, *path) == rule


@pytest.mark.feature("TG00")
@pytest.mark.parametrize(
    ("path", "group", "place", "rule"),
    [
        ((0,), (1,), 1, {"all": [{"any": [B, A, C]}]}),
        ((0,), (1,), 99, {"all": [{"any": [B, C, A]}]}),
        ((1, 1), (), 0, {"all": [C, A, {"any": [B]}]}),
        ((1, 0), (1,), 99, {"all": [A, {"any": [C, B]}]}),
        ((1,), (), 0, {"all": [{"any": [B, C]}, A]}),
        ((0,), (), 1, {"all": [A, {"any": [B, C]}]}),
        ((0,), (), 0, {"all": [A, {"any": [B, C]}]}),
        ((1,), (1,), 0, {"all": [A, {"any": [B, C]}]}),
        ((), (1,), 0, {"all": [A, {"any": [B, C]}]}),
        ((9,), (1,), 0, {"all": [A, {"any": [B, C]}]}),
        ((0,), (0,), 0, {"all": [A, {"any": [B, C]}]}),
    ],
)
def test_what_is_dropped_lands_before_the_line_below_it(path, group, place, rule):
    root = tree()
    put(root, path, group, place)
    assert to_rule(root) == rule


def test_a_group_that_a_drop_leaves_empty_goes():
    root = from_rule({"all": [{"any": [{"all": [B]}]}, A]})
    put(root, (0, 0, 0), (), 99)
    assert to_rule(root) == {"all": [A, B]}


def test_the_opposite_of_the_opposite_is_what_was_there():
    root = tree()
    act(root, "negate", (1,))
    act(root, "negate", (1,))
    assert to_rule(root) == {"all": [A, {"any": [B, C]}]}


def test_the_last_condition_of_a_group_takes_the_group_with_it():
    root = from_rule({"all": [A, {"any": [{"all": [B]}]}]})
    act(root, "remove", (1, 0, 0))
    assert to_rule(root) == {"all": [A]}
    root = from_rule({"all": [A, {"any": [B]}]})
    act(root, "up", (1, 0))
    assert to_rule(root) == {"all": [A, B]}


def test_only_one_condition_is_open():
    root = tree()
    act(root, "open", (0,))
    act(root, "open", (1, 1))
    assert [leaf.is_open for leaf in leaves(root)] == [False, False, True]


def test_unfinished_conditions_do_not_count_and_pointers_follow():
    unfinished = DraftLeaf({})
    root = DraftGroup("all", [unfinished, DraftLeaf(A), DraftGroup("none", [DraftLeaf(B)])])
    alone = DraftLeaf({})
    root.parts.append(DraftGroup("any", [alone]))
    without = frozenset({id(unfinished), id(alone)})
    assert to_rule(root, without=without) == {"all": [A, {"not": {"any": [B]}}]}
    assert [at for _node, at in pointers(root, without=without)] == [
        "/rule",
        "/rule/all/0",
        "/rule/all/1",
        "/rule/all/1/not/any/0",
    ]


@pytest.mark.feature("TG00", "TG28")
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(NODES)
def test_a_rule_means_the_same_after_a_visit_to_the_builder(node):
    people = make_people(INSTANTS[0], seed=1, number=15)
    targets: dict[str, object] = {"inner": {"rule": {"all": []}}, "outer": {"rule": {"any": []}}}
    judge = Judge(people, INSTANTS[0], targets)
    back = to_rule(from_rule(copy.deepcopy(node)))
    assert [judge.truth(back, one) for one in people] == [judge.truth(node, one) for one in people]


@pytest.mark.feature("TG00", "TG28")
def test_a_condition_can_ask_that_its_datum_is_there():
    there = {"filter": "there"}
    root = tree()
    assert require(root, (1, 0), there) == DraftLeaf(there)
    beside = {"all": [A, {"any": [{"all": [B, there]}, C]}]}
    assert to_rule(root) == beside
    require(root, (0,), there)
    assert to_rule(root) == {"all": [A, there, *beside["all"][1:]]}
    assert require(root, (9,), there) is None
    assert require(root, (), there) is None
    found = [(leaf.raw["filter"], beside["filter"]) for leaf, beside in required(root)]
    assert found == [("a", "there"), ("there", "a"), ("b", "there"), ("there", "b")]
