"""The search of people over the seven fields, by its grammar."""

import pytest

from config.kit.errors import DomainError
from customers.models import Customer
from customers.rules.searches import Token, parse_search
from customers.selectors.search import Search
from customers.services.contact_points import email_alias_add, external_id_add, phone_add
from customers.services.custom_fields import custom_field_create


def found(text: str) -> set[str]:
    rows = Search.of(text).apply(Customer.objects.live())
    return {row.first_name for row in rows}


@pytest.fixture
def people(make_customer):
    valentina = make_customer(
        "valentina.rios@ejemplo.cl",
        first_name="Valentina",
        last_name="Ríos",
        second_last_name="Cárdenas",
        phone="+56984123390",
        id_type="cl_rut",
        id_number="178423657",
    )
    email_alias_add(customer=valentina, address="vale@otra.example")
    jose = make_customer(
        "jp_soto@correo.example",
        first_name="José",
        last_name="Peñailillo",
        second_last_name="González",
        phone="+56223456789",
    )
    external_id_add(customer=jose, system="ERP", value="A-0048213")
    phone_add(customer=jose, number="+56 9 7777 1234")
    make_customer("maria-jose@correo.example", first_name="María-José", last_name="O'Higgins")
    make_customer("100%25@correo.example", first_name="Cien", last_name="100%")
    return {"valentina": valentina, "jose": jose}


@pytest.mark.feature("M2", "M3", "US01")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("valen", {"Valentina"}),
        ("VALÉN", {"Valentina"}),
        ("alentina", set()),
        ("%alentina", {"Valentina"}),
        ("rios", {"Valentina"}),
        ("rios vale", {"Valentina"}),
        ("rios jose", set()),
        ("jose", {"José", "María-José"}),
        ("higgins", {"María-José"}),
        ("o'higgins", {"María-José"}),
        ("penail", {"José"}),
        ("%gonz", {"José"}),
        ("gonz%", {"José"}),
        ("ejemplo", {"Valentina"}),
        ("valentina.rios@ejemplo.cl", {"Valentina"}),
        ("jp_soto", {"José"}),
        ("jp%soto%", {"José"}),
        ("jp%example", {"José"}),
        ("jp%soto", set()),
        ("jpxsoto", set()),
        ("8412", {"Valentina"}),
        ("+56 9 8412 3390", {"Valentina"}),
        ("17.842.365-7", {"Valentina"}),
        ("842365", {"Valentina"}),
        ("A-0048", {"José"}),
        ("0048213", set()),
        ("%0048213", {"José"}),
        ("vale@otra.example", {"Valentina"}),
        ("97777", {"José"}),
        ("977771234", {"José"}),
        ("first:jose", {"José", "María-José"}),
        ("last:jose", set()),
        ("email:jose", {"María-José"}),
        ("phone:8412", {"Valentina"}),
        ("id:8412", set()),
        ("ext:a-0048", {"José"}),
        ('"rios cardenas"', {"Valentina"}),
        ('"cardenas rios"', set()),
        ("va%na", {"Valentina"}),
        ("va%xx", set()),
        ("valentina%", {"Valentina"}),
        ("va%.cl", {"Valentina"}),
        ("\\%", set()),
        ("100\\%", {"Cien"}),
        ("jp_sot_", set()),
        ("%", {"Valentina", "José", "María-José", "Cien"}),
        ("", {"Valentina", "José", "María-José", "Cien"}),
        ("'; DROP TABLE customers_customer; --", set()),
        ("%\\", set()),
        ("[a-z]*", set()),
        ("(", set()),
        ("http://x", set()),
    ],
)
def test_each_word_is_found_where_it_belongs(people, text, names):
    assert found(text) == names


@pytest.mark.feature("M3", "E13")
def test_the_code_is_found_whole_or_by_its_beginning(people):
    code = str(people["jose"].public_id)
    assert found(code) == {"José"}
    assert found(f"user:{code[:13]}") == {"José"}
    assert found(f"user:{code[9:18]}") == set()


@pytest.mark.feature("US01", "ST17")
def test_searchable_custom_fields_are_found(make_customer):
    custom_field_create(label="Comuna", kind="text", values={"is_searchable": True})
    custom_field_create(label="Socio", kind="number", values={"is_searchable": True})
    custom_field_create(label="Secreto", kind="text", values={"is_unique": True})
    make_customer(
        "a@correo.example",
        first_name="Rayén",
        custom={"comuna": "San José de Maipo", "socio": 9917, "secreto": "Escondido"},
    )
    assert found("maipo") == {"Rayén"}
    assert found("9917") == {"Rayén"}
    assert found("escondido") == set()


@pytest.mark.feature("US01")
def test_the_hit_says_where_it_was_found(people):
    def where(text: str) -> list[list[str]]:
        search = Search.of(text)
        return [search.matched_in(row) for row in search.apply(Customer.objects.live())]

    assert where("8412") == [["Phone"]]
    assert where("vale@otra") == [["Further e-mail"]]
    assert where("A-0048") == [["External code"]]
    assert where("valentina") == [["First name", "E-mail"]]
    assert where("842365") == [["ID number"]]


@pytest.mark.feature("M2")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 201, "search_too_long"),
        ("a b c d e f g h i j k", "search_too_many_words"),
        ("%a%b%c%d%e%", ""),
        ("%a%b%c%d%e%f%g%h%", "search_too_many_wildcards"),
    ],
)
def test_a_search_has_its_limits(text, code):
    if not code:
        assert len(parse_search(text)) == 1
        return
    with pytest.raises(DomainError, match=code):
        parse_search(text)


@pytest.mark.feature("M5")
def test_wildcards_alone_restrict_nothing():
    assert parse_search("% %%") == []
    assert parse_search('first:"ana maria"') == [Token(("ana maria",), "f")]
