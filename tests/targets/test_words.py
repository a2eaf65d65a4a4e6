"""Rules read as sentences in both languages."""

import pytest
from django.utils import translation

from targets.catalog import Catalog
from targets.reading import rule_from_json
from targets.registry import SECTIONS, filters
from targets.selectors.words import rule_words
from tests.targets.conftest import document

pytestmark = pytest.mark.django_db


def words(rule, language):
    with translation.override(language):
        return rule_words(rule_from_json(document(rule)))


@pytest.mark.feature("TG00")
@pytest.mark.parametrize(
    ("rule", "spanish", "english"),
    [
        ({"all": []}, "Todos los clientes.", "All customers."),
        (
            {"filter": "age", "op": "between", "value": [25, 55]},
            "Personas que tienen entre 25 y 55 años.",
            "People who are between 25 and 55 years old.",
        ),
        (
            {
                "filter": "login",
                "count": {"op": "gte", "value": 2},
                "window": {"last": 90, "unit": "days"},
            },
            "Personas que ingresaron al menos 2 veces en los últimos 90 días.",
            "People who logged in at least 2 times in the last 90 days.",
        ),
        (
            {
                "all": [
                    {
                        "filter": "field",
                        "field": "city",
                        "op": "any",
                        "value": ["Santiago", "Ñuñoa"],
                    },
                    {"not": {"filter": "gender", "op": "any", "value": ["male"]}},
                ]
            },
            "Personas que viven en Santiago o Ñuñoa y no están entre quienes son de género Masculino.",
            "People who live in Santiago or Ñuñoa and are not among those who have the gender Male.",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(rule, spanish, english, spanish_texts):
    assert words(rule, "es") == spanish
    assert words(rule, "en") == english


def test_groups_inside_stand_in_brackets():
    leaf = {"filter": "age", "op": "gte", "value": 18}
    rule = {"all": [leaf, {"any": [{"filter": "login"}, leaf]}]}
    assert words(rule, "en") == (
        "People who are at least 18 years old and (logged in or are at least 18 years old)."
    )


@pytest.mark.feature("TG00")
@pytest.mark.parametrize("name", list(filters))
def test_every_filter_has_a_name_a_section_and_controls_that_come_back(name, rf):
    known = filters[name]
    catalog = Catalog()
    assert str(known.label)
    assert known.section in SECTIONS
    raw = known.blank(catalog)
    shown = known.inputs(raw, "n0-", catalog)
    assert len({one.name for one in shown}) == len(shown)
    posted = {}
    for one in shown:
        posted[one.name] = one.value
    data = rf.post("/", posted).POST
    assert known.posted(data, "n0-", catalog)["filter"] == name


def test_a_missing_word_leaves_no_gap():
    leaf = {"filter": "login", "window": {"last": 1, "unit": "days"}}
    assert words(leaf, "en") == "People who logged in in the last 1 day."
