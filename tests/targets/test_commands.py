"""The commands about targets, as operations staff type them."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from targets.models import Target
from tests.targets.conftest import document

WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}


def run(*args):
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


@pytest.fixture
def rule_file(tmp_path):
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(document({"all": [WOMEN, {"not": {"filter": "login"}}]})))
    return str(path)


@pytest.mark.feature("TG00")
def test_create_saves_and_counts(people, rule_file):
    answer = json.loads(run("target_create", "mujeres", "--rule", rule_file, "--json"))
    assert answer == {"slug": "mujeres", "count": 1}
    assert Target.objects.get(slug="mujeres").members_count == 1
    assert run("target_create", "otras", "--rule", rule_file) == "otras: 1\n"


@pytest.mark.feature("TG00")
def test_count_answers_for_every_node_without_saving(people, rule_file):
    answer = json.loads(run("target_count", "--rule", rule_file, "--json"))
    assert answer == {
        "count": 1,
        "nodes": {"/rule": 1, "/rule/all/0": 1, "/rule/all/1": 3, "/rule/all/1/not": 0},
    }
    assert not Target.objects.exists()


def test_a_rule_comes_from_the_standard_input(people, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(document(WOMEN))))
    assert json.loads(run("target_count", "--rule", "-", "--json"))["count"] == 1


@pytest.mark.feature("TG00")
def test_members_are_printed_one_a_line(people, rule_file):
    run("target_create", "mujeres", "--rule", rule_file)
    person = people["rayen"]
    assert run("target_members", "mujeres") == f"{person.public_id}\trayen@correo.example\n"
    answer = json.loads(run("target_members", "mujeres", "--json"))
    assert answer == {"members": [{"public_id": str(person.public_id), "email": person.email}]}
    assert json.loads(run("target_members", "mujeres", "--as-of", "2020-01-01", "--json")) == {
        "members": []
    }


def test_refusals_name_their_place(people, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(document({"all": [WOMEN, {"filter": "wings"}]})))
    with pytest.raises(CommandError, match=r"/rule/all/1/filter: There is no such filter\."):
        run("target_count", "--rule", str(bad))
    with pytest.raises(CommandError):
        run("target_count", "--rule", str(tmp_path / "missing.json"))
    with pytest.raises(CommandError, match="There is no target nope"):
        run("target_members", "nope")
    with pytest.raises(CommandError, match="/rule/all/1/filter"):
        run("target_create", "x", "--rule", str(bad))
    assert not Target.objects.exists()
