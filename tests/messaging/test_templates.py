"""Templates: what is refused and where, and that the quick way says what Liquid says."""

import quopri
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from customers.models import CustomField
from messaging.models import Campaign
from messaging.rendering import liquid_engine
from messaging.rendering.content import Footer, Source, compile_content
from messaging.rendering.problems import TemplateRefused
from messaging.rendering.program import Program, quoted_printable
from messaging.rendering.service import check_campaign, compile_campaign, preview
from messaging.selectors.campaigns import template_problems

KNOWN = ("customer.first_name", "customer.city", "custom.vip")


def compiled(body: str, **values: Any) -> Any:
    source = {
        "subject": "",
        "preheader": "",
        "body_format": "html",
        "text_body": "",
        "known": KNOWN,
        **values,
    }
    return compile_content(Source(body=body, **source))


def refused(body: str, **values: Any) -> list[tuple[str, int | None, int | None]]:
    with pytest.raises(TemplateRefused) as caught:
        compiled(body, **values)
    return [(one.code, one.line, one.column) for one in caught.value.troubles]


@pytest.mark.feature("MS01")
@pytest.mark.parametrize(
    ("body", "code", "line", "column"),
    [
        ("<p>\n{{ customer.frist_name }}", "unknown_variable", 2, 4),
        ("{{ customer.__class__ }}", "unknown_variable", 1, 4),
        ("{{ customer['first_name'].__init__ }}", "unknown_variable", 1, 4),
        ("{{ settings.SECRET_KEY }}", "unknown_variable", 1, 4),
        ("{{ customer }}", "unknown_variable", 1, 4),
        ("a\n{{ (1..99999999) | size }}", "range_outside_loop", 2, 1),
        ("{{ customer.city | replace: 'a', 'b' }}", "unknown_filter", 1, 20),
        ("{{ customer.city | join: 'a' }}", "unknown_filter", 1, 20),
        ("{% include 'x' %}", "liquid", 1, 4),
        ("{% if customer.city %}\nx", "liquid", 2, 2),
        ("<a href='javascript:alert(1)'>x</a>", "link_scheme", 1, 10),
        ("\n<a href='{{ customer.city }}'>x</a>", "link_variable", 2, 10),
        ("<p>\n<script>x</script>", "script", 2, 1),
    ],
)
def test_a_template_is_refused_at_its_place(body: str, code: str, line: int, column: int) -> None:
    assert (code, line, column) in refused(body)


@pytest.mark.feature("MS01")
@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("<p>no</p>", "mjml_root", 1),
        ("<mjml><mj-body>\n<mj-section></mj-column></mj-body></mjml>", "mjml_mismatch", 2),
        ("<mjml>\n<mj-body>\n<mj-text>", "mjml_unclosed", 3),
        ("<mjml><mj-body>\n<mj-foo>x</mj-foo></mj-body></mjml>", "mjml_unknown", 2),
        ("<mjml><mj-body>\n<mj-include path='/etc/passwd' /></mj-body></mjml>", "mjml_include", 2),
    ],
)
def test_mjml_is_refused_at_its_place(body: str, code: str, line: int) -> None:
    assert [(one[0], one[1]) for one in refused(body, body_format="mjml")] == [(code, line)]


@pytest.mark.feature("MS01")
def test_mjml_asks_nothing_of_a_third_party() -> None:
    body = "<mjml><mj-body><mj-section><mj-column><mj-text>Hola</mj-text></mj-column></mj-section></mj-body></mjml>"

    html = str(compiled(body, body_format="mjml"))

    assert "Hola" in html
    assert "fonts.googleapis.com" not in html


@pytest.mark.feature("MS01")
def test_mjml_takes_liquid_and_html_that_is_not_closed() -> None:
    found = compiled(
        '<mjml><mj-body>{% if customer.city < "M" %}<mj-section><mj-column><mj-text>'
        "5 < 6 & <p><b>Hola {{ customer.first_name }}<br></mj-text>"
        "<mj-table>{% for n in (1..2) %}<tr><td width=3>{{ n }}</td></tr>{% endfor %}</mj-table>"
        "</mj-column></mj-section>{% endif %}</mj-body></mjml>",
        body_format="mjml",
    )
    assert '{% if customer.city < "M" %}' in found.html
    assert "Hola {{ customer.first_name }}" in found.html
    assert "5 &lt; 6 &amp;" in found.html
    assert found.html.index("{% for n in (1..2) %}") < found.html.index(">{{ n }}</td>")


@pytest.mark.feature("MS01")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        "{% for i in (1..99999) %}{% for j in (1..99999) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'xxxxxxxx' %}{% for i in (1..999) %}{% assign a = a | append: a %}"
        "{% endfor %}{{ a }}",
        "{% assign a = 9 %}{% for i in (1..9999) %}{% assign a = a | times: a %}{% endfor %}",
        "{% capture a %}" + "x" * 900 + "{% endcapture %}"
        "{% for i in (1..9000) %}{{ a }}{% endfor %}",
    ],
)
def test_a_template_that_never_ends_is_refused(body: str) -> None:
    with pytest.raises(TemplateRefused) as caught:
        check_campaign(Campaign(name="x", subject="x", body=body))
    assert [one.code for one in caught.value.troubles] == ["render"]


@pytest.mark.django_db
def test_problems_are_told_in_words_with_their_line() -> None:
    found = template_problems(
        subject="{{ nombre }}",
        preheader="",
        body="<p>\n{{ ape }}",
        body_format="html",
        text_body="",
    )
    assert [(one.field, one.line) for one in found] == [("subject", 1), ("body", 2)]
    assert "nombre" in found[0].message


@pytest.mark.django_db
def test_custom_fields_are_variables() -> None:
    key = CustomField.objects.create(key="club", label="Club", kind="text").key
    content = check_campaign(Campaign(name="x", subject="x", body=f"{{{{ custom.{key} }}}}"))
    assert "custom.club" in content.used


@pytest.mark.django_db
def test_a_preview_shows_the_links_as_they_are_and_escapes_values() -> None:
    campaign = Campaign(
        name="x",
        subject="Para {{ customer.first_name }}",
        body='<a href="https://a.example/?x=1">{{ customer.first_name }}</a>',
    )
    values = {"customer": {"first_name": "<b>Ñusta"}}
    found = preview(campaign, values=values, language="es")
    assert found.subject == "Para <b>Ñusta"
    assert '<a href="https://a.example/?x=1">&lt;b&gt;Ñusta</a>' in found.html
    assert "<b>Ñusta (https://a.example/?x=1)" in found.text
    assert "/m/o/" not in found.html


@pytest.mark.django_db
def test_each_language_has_its_own_footer() -> None:
    found = compile_campaign(Campaign(name="x", subject="x", body="<p>Hola</p>"))
    assert set(found) == {"es", "en"}
    assert "Unsubscribe" in found["en"].html
    for content in found.values():
        assert 'href="{{ unsubscribe_url }}"' in content.html
        assert "{{ unsubscribe_url }}" in content.text


def test_links_get_numbers_and_own_links_stay() -> None:
    found = compiled(
        '<a href="https://a.example/1?x=1&amp;y=2">Uno</a><a href="https://a.example/1?x=1&amp;y=2">'
        '</a><a href="mailto:a@b.cl">m</a><a href="{{ unsubscribe_url }}">fuera</a>'
        '<a href="https://a.example/{{ custom.vip }}">dos</a>',
        known=(*KNOWN, "unsubscribe_url"),
        tracks_clicks=True,
        tracks_opens=True,
        click_base="https://s/m/c/",
        open_base="https://s/m/o/",
        footer=Footer(reason="r", unsubscribe="u", view="v"),
    )
    assert found.links == [{"url": "https://a.example/1?x=1&y=2", "label": "Uno"}]
    assert found.html.count("https://s/m/c/{{ _m.l1 }}") == 2
    assert "https://a.example/{{ custom.vip }}" in found.html
    assert found.html.count("{{ unsubscribe_url }}") == 1
    assert "https://s/m/o/{{ _m.open }}.gif" in found.html


TEMPLATES = (
    "Hola {{ customer.first_name }}, {{ customer.city | default: 'x<y' | upcase }}.",
    "{% if customer.city %}a{% elsif custom.vip == 'si' %}b{% else %}c{% endif %}",
    "{% if customer.city != 'Arica' and custom.vip %}{{ custom.vip }}{% endif %}",
    "{% assign n = customer.first_name %}{{ n }}{{ n | escape }}{{ nada }}",
    "{% for i in (1..3) %}{{ i }}={{ customer.city }}\n{% endfor %}",
    "{% unless custom.vip contains 's' %}.x{% endunless %}{{ customer.city | truncate: 3 }}",
)
TEXTS = st.one_of(st.none(), st.booleans(), st.text(max_size=40), st.sampled_from(["si", "Arica"]))


@pytest.mark.parametrize("template", TEMPLATES)
@given(first=TEXTS, city=TEXTS, vip=TEXTS)
def test_the_quick_way_says_what_liquid_says(
    template: str, first: Any, city: Any, vip: Any
) -> None:
    values = {"customer": {"first_name": first, "city": city}, "custom": {"vip": vip}}
    for escapes in (True, False):
        program = Program(template, part="body", autoescape=escapes)
        try:
            wanted = liquid_engine.render(program.template, values)
        except LiquidError:
            continue
        found = quopri.decodestring(program.run(values)).decode()
        assert found.replace("\r\n", "\n") == unix(wanted)


def unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(max_size=300))
def test_quoted_printable_is_safe_on_the_wire(text: str) -> None:
    found = quoted_printable(text)
    assert all(len(line) <= 76 for line in found.split(b"\r\n"))
    assert not any(line.startswith(b".") for line in found.split(b"\r\n"))
    assert b"\n" not in found.replace(b"\r\n", b"")
    assert quopri.decodestring(found).decode() == unix(text).replace("\n", "\r\n")
