"""How a person's data is cleaned, and what is said of data that is wrong."""

from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kit.errors import DomainError
from customers.rules.custom_values import clean_number, clean_yes_no
from customers.rules.dates import Birthday, clean_birthday, clean_day
from customers.rules.emails import clean_email
from customers.rules.id_numbers import clean_id_number, id_number_display
from customers.rules.phones import clean_phone, phone_display
from customers.rules.profile import (
    Context,
    clean_country,
    clean_gender,
    clean_language,
    clean_name,
    customer_normalise,
)

TODAY = date(2026, 11, 24)
CONTEXT = Context(country="CL", today=TODAY)


def said(clean, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        clean(*args, **kwargs)
    return refusal.value.message


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ana", "It has no @."),
        ("a@b@c.cl", "It has two @."),
        ("@x.cl", "There is nothing before the @."),
        ("ana@", "There is nothing after the @."),
        ("ana@gmail", "What follows the @ has no dot: gmail."),
        ("ana maria@x.cl", "It has a space inside."),
        ("ana,b@x.cl", "It has a comma; perhaps a dot was meant."),
        ("ana..b@x.cl", "It has two dots in a row."),
        (".ana@x.cl", "There is a dot where a name must begin."),
        ("ana@x.cl.", "A dot stands at the end, where a letter must be."),
        ("Ana <ana@x.cl>", "Write only the address, without a name or angle brackets."),
        ("ana@x.cl\r\nBcc: b@x.cl", "It has a line break."),
        ("a" * 65 + "@x.cl", "There may be at most 64 characters before the @."),
        ("ana@x-.cl", "This is not an e-mail address that mail can be sent to."),
        ("ana@local.test", "This is not an e-mail address that mail can be sent to."),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(text, message):
    assert said(clean_email, text) == message


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("  Ana@Correo.example ", "Ana@Correo.example"),
        ("a\u200bna@correo.example", "ana@correo.example"),
        ("pen\u0303a@ñandú.cl", "peña@ñandú.cl"),
        ("a+b.c_d@x-y.com.ar", "a+b.c_d@x-y.com.ar"),
    ],
)
def test_a_good_address_is_kept_as_it_is_written(text, kept):
    assert clean_email(text) == kept


@pytest.mark.feature("E4")
@pytest.mark.parametrize(
    ("text", "kept", "shown"),
    [
        ("9 8412 3390", "+56984123390", "+56 9 8412 3390"),
        ("+56 (9) 8412-3390", "+56984123390", "+56 9 8412 3390"),
        ("56984123390", "+56984123390", "+56 9 8412 3390"),
        ("+54 9 11 2345-6789", "+5491123456789", "+54 9 11 2345-6789"),
        ("+34 612 34 56 78", "+34612345678", "+34 612 34 56 78"),
    ],
)
def test_a_phone_is_kept_in_one_form(text, kept, shown):
    assert clean_phone(text, "CL") == kept
    assert phone_display(kept) == shown


@pytest.mark.feature("E4")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("123", "This phone number is too short."),
        ("+56 9 8412 33901234567", "This phone number is too long."),
        ("no tiene", "This is not a phone number."),
        ("+999 123456", "No country has this code. Begin with + and the code of the country."),
        (
            "5,69841E+10",
            "A spreadsheet has shortened this number; its last digits are lost.",
        ),
        ("+56 0 0000 0000", "No phone in that country begins like this."),
    ],
)
def test_a_wrong_phone_is_told_what_is_wrong(text, message):
    assert said(clean_phone, text, "CL") == message


@given(st.from_regex(r"\A(\+56)?[2-9][0-9]{7,9}\Z"), st.sampled_from(["CL", "ES", "CO", "PE"]))
def test_the_quick_way_for_phones_agrees_with_the_library(text, country):
    parsed = phonenumbers.parse(text, country)
    try:
        kept = clean_phone(text, country)
    except DomainError:
        assert not phonenumbers.is_valid_number(parsed)
    else:
        assert phonenumbers.is_valid_number(parsed)
        assert kept == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.feature("E5", "E6")
@pytest.mark.parametrize(
    ("kind", "text", "kept", "shown"),
    [
        ("cl_rut", "17.842.365-7", "178423657", "17.842.365-7"),
        ("cl_rut", "017842365-7", "178423657", "17.842.365-7"),
        ("cl_rut", "12.531.909-2", "125319092", "12.531.909-2"),
        ("ar_dni", "20.123.456", "20123456", "20.123.456"),
        ("ar_cuit", "20-05536168-2", "20055361682", "20-05536168-2"),
        ("br_cpf", "390.533.447-05", "39053344705", "390.533.447-05"),
        ("co_nit", "213.123.432-1", "2131234321", "213.123.432-1"),
        ("ec_ci", "171430710-3", "1714307103", "1714307103"),
        ("es_nif", "54362315K", "54362315K", "54362315-K"),
        ("es_nie", "x-2482300w", "X2482300W", "X2482300-W"),
        ("mx_curp", "BOXW310820HNERXN09", "BOXW310820HNERXN09", "BOXW310820HNERXN09"),
        ("mx_rfc", "GODE 561231 GR8", "GODE561231GR8", "GODE561231GR8"),
        ("pe_dni", "10117410", "10117410", "10117410"),
        ("pe_ruc", "20512333797", "20512333797", "20512333797"),
        ("py_ruc", "80028061-0", "800280610", "80028061-0"),
        ("uy_ci", "1.234.567-2", "12345672", "1.234.567-2"),
        ("uy_rut", "21-100342-001-7", "211003420017", "211003420017"),
        ("ve_rif", "V-11470283-4", "V114702834", "V11470283-4"),
        ("ve_ci", "12.345.678", "V12345678", "V-12.345.678"),
        ("passport", "ab 12-34", "AB1234", "AB1234"),
    ],
)
def test_an_id_number_is_kept_compact_and_shown_as_its_country_does(kind, text, kept, shown):
    assert clean_id_number(text, kind) == kept
    assert id_number_display(kind, kept) == shown


@pytest.mark.feature("E6")
@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("cl_rut", "17.842.365-9", "The check digit is wrong. For 17.842.365 it is 7."),
        ("uy_ci", "1.234.567-8", "The check digit is wrong. For 1.234.567 it is 2."),
        ("es_nif", "54362315Z", "The check digit is wrong. For 54362315 it is K."),
        ("ec_ci", "1714307104", "The check digit is wrong."),
        ("cl_rut", "123", "It has 3 characters: too few or too many for “RUT, Chile”."),
        ("cl_rut", "ABCDEFGH-1", "This is not a number of the type “RUT, Chile”."),
        ("", "123", "Say which document this is."),
    ],
)
def test_a_wrong_id_number_is_told_the_right_digit(kind, text, message):
    assert said(clean_id_number, text, kind) == message


@given(st.integers(1_000_000, 29_999_999), st.sampled_from("0123456789K"))
def test_of_all_last_digits_of_a_rut_one_is_right(body, digit):
    text = f"{body}-{digit}"
    try:
        assert clean_id_number(text, "cl_rut") == f"{body}{digit}"
    except DomainError as refusal:
        right = refusal.message.rpartition(" ")[2].rstrip(".")
        assert right != digit
        assert clean_id_number(f"{body}{right}", "cl_rut") == f"{body}{right}"


@pytest.mark.feature("E10")
@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("", None),
        ("14-06-1992", Birthday(1992, 6, 14)),
        ("1992-06-14", Birthday(1992, 6, 14)),
        ("14/6/92", Birthday(1992, 6, 14)),
        ("14.06.05", Birthday(2005, 6, 14)),
        ("14/6", Birthday(None, 6, 14)),
        ("29-02", Birthday(None, 2, 29)),
        ("--02-29", Birthday(None, 2, 29)),
        ("14 de junio de 1992", Birthday(1992, 6, 14)),
        ("3 Sept 1980", Birthday(1980, 9, 3)),
        ("June 14, 1992", Birthday(1992, 6, 14)),
        ("24-11-2026", Birthday(2026, 11, 24)),
    ],
)
def test_a_birthday_is_read_with_or_without_its_year(text, birthday):
    assert clean_birthday(text, today=TODAY) == birthday


@pytest.mark.feature("E10")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("31-02-1992", "February has no day 31. Use day-month-year."),
        ("31-04", "April has no day 31. Use day-month-year."),
        ("29-02-2023", "February of 2023 had no 29th."),
        ("32-01-1990", "There is no day 32. Use day-month-year."),
        ("12-13-1990", "There is no month 13. Use day-month-year."),
        ("25-11-2026", "Nobody is born in the future."),
        ("01-01-1850", "Nobody alive was born in 1850."),
        ("ayer", "This is not a date. Use day-month-year."),
        ("1990", "This is not a date. Use day-month-year."),
    ],
)
def test_an_impossible_birthday_says_why(text, message):
    assert said(clean_birthday, text, today=TODAY) == message


@given(
    st.dates(date(1900, 1, 1), TODAY),
    st.sampled_from([("dmy", "%d-%m-%Y"), ("mdy", "%m/%d/%Y"), ("ymd", "%Y.%m.%d")]),
)
def test_every_day_is_read_in_each_order(day, order):
    name, pattern = order
    found = clean_birthday(day.strftime(pattern), today=TODAY, order=name)
    assert found == Birthday(day.year, day.month, day.day)
    assert clean_day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234", ",", 1234),
        ("1.234", ".", 1.234),
        ("1,234", ".", 1234),
        ("1.234.567,5", ",", 1234567.5),
        ("1,234,567.5", ",", 1234567.5),
        ("12,5", ",", 12.5),
        ("12.5", ",", 12.5),
        ("-3", ",", -3),
        ("", ",", None),
        ("0", ",", 0),
    ],
)
def test_a_number_is_read_however_it_is_marked(text, decimal, number):
    assert clean_number(text, decimal=decimal) == number


@pytest.mark.parametrize("text", ["abc", "1,2,3,4", "nan", "1e400", "--3"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DomainError):
        clean_number(text)


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_comes_back_from_its_spanish_form(number):
    assert clean_number(f"{number:,}".replace(",", ".")) == number


@pytest.mark.parametrize(
    ("clean", "text", "kept"),
    [
        (clean_gender, "Femenino", "female"),
        (clean_gender, "M", "male"),
        (clean_gender, "No binario", "other"),
        (clean_country, "chile", "CL"),
        (clean_country, "España", "ES"),
        (clean_country, "Brasil", "BR"),
        (clean_language, "es-CL", "es"),
        (clean_language, "Inglés", "en"),
        (clean_yes_no, "Sí", True),
        (clean_yes_no, "no", False),
        (clean_name, "  José\u00a0  Ñancucheo ", "José Ñancucheo"),
    ],
)
def test_words_become_codes(clean, text, kept):
    assert clean(text) == kept


@pytest.mark.parametrize(
    ("clean", "text"),
    [
        (clean_gender, "quizás"),
        (clean_country, "Narnia"),
        (clean_language, "klingon-ish"),
        (clean_yes_no, "tal vez"),
        (clean_name, "ana@correo.example"),
        (clean_name, "x" * 151),
    ],
)
def test_unknown_words_are_refused(clean, text):
    with pytest.raises(DomainError):
        clean(text)


@pytest.mark.feature("E1", "E2", "E8", "E9")
def test_a_whole_person_is_cleaned_at_once():
    clean, refusals = customer_normalise(
        {
            "first_name": " Valentina ",
            "email": "v.rios@ejemplo.cl",
            "phone": "11 2345-6789",
            "country": "Argentina",
            "id_number": "20.123.456",
            "birthday": "31-02-1992",
        },
        CONTEXT,
    )
    assert clean == {
        "first_name": "Valentina",
        "email": "v.rios@ejemplo.cl",
        "phone": "+541123456789",
        "country": "AR",
        "id_type": "ar_dni",
        "id_number": "20123456",
    }
    assert {name: one.code for name, one in refusals.items()} == {"birthday": "date_impossible"}


@given(st.text(max_size=60))
def test_no_text_breaks_the_cleaning_and_what_is_clean_stays_so(text):
    names = ("first_name", "email", "phone", "id_number", "gender", "city", "country", "birthday")
    clean, _refusals = customer_normalise(dict.fromkeys(names, text), CONTEXT)
    for name in ("first_name", "email", "phone", "gender", "city", "country"):
        if clean.get(name):
            again, refusals = customer_normalise({name: clean[name]}, CONTEXT)
            assert not refusals
            assert again[name] == clean[name]
