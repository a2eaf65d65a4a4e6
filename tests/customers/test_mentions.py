"""An @ in a note tells a colleague, and only one who may see the customer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config.kit.models import Notice
from config.kit.translations import compile_all
from customers.models import Customer, User
from customers.rules.mentions import Colleague, handle_of, mentions_in
from customers.services.notes import note_add, note_edit
from tests.conftest import make_staff

pytestmark = pytest.mark.feature("US11")
Make = Callable[..., Customer]
JAVIERA = Colleague(1, "Javiera Soto", "javiera.soto@casa.example")
JAVIER = Colleague(2, "Javier Ñancupil", "jn@casa.example")
OTHER = Colleague(3, "Javiera Etxeberria", "j.etxeberria@casa.example")
ALL = (JAVIERA, JAVIER, OTHER)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Javiera Soto, faltan $ 3.990", [(1, "Javiera Soto")]),
        ("(@javier) y @JAVIER ñancupil", [(2, "javier"), (2, "JAVIER ñancupil")]),
        ("@javier nancupil sin eñe", [(2, "javier nancupil")]),
        ("avisa a @javiera.soto.", [(1, "javiera.soto")]),
        ("@jn: @j.etxeberria", [(2, "jn"), (3, "j.etxeberria")]),
        ("@Javiera es una de dos", []),
        ("escribe a ventas@jn o a javiera.soto@casa.example", []),
        ("@jn.perez y @jnx y @jn@casa.example", []),
        ("@", []),
    ],
)
def test_who_is_meant(text: str, meant: list[tuple[int, str]]):
    assert [(one.user_id, one.text) for one in mentions_in(text, ALL)] == meant


def test_what_is_offered_means_one_person_alone():
    twin = Colleague(4, "Javiera Soto", "jsoto@casa.example")
    assert handle_of(JAVIERA, ALL) == "Javiera Soto"
    assert handle_of(JAVIERA, (*ALL, twin)) == "javiera.soto"
    assert mentions_in("@Javiera Soto", (*ALL, twin)) == []


@pytest.fixture
def javiera(db: None) -> User:
    return make_staff("javiera.soto@casaquillay.example", "Javiera Soto", "support")


@pytest.fixture
def catalogue(settings: Any) -> None:
    """Tests run in English; a notice is in the language of its reader."""
    compile_all()
    settings.LOCALE_PATHS = [settings.LOCALE_DIR]


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
def test_a_mention_is_a_chip_and_a_notice(
    ana_client: Client, ana: User, javiera: User, make_customer: Make
):
    javiera.language = "es"
    javiera.save()
    person = make_customer("v@correo.example", first_name="Valentina")
    url = f"/backoffice/customers/{person.public_id}/"
    answer = ana_client.post(
        f"{url}notes/new/",
        {"body": "Retira <hoy>. @Javiera Soto, @Ana faltan $ 3.990"},
        follow=True,
    )

    page = answer.content.decode()
    assert "A notice went to Javiera Soto." in page
    assert 'Retira &lt;hoy&gt;. <span class="mention">@Javiera Soto</span>, ' in page
    notice = Notice.objects.get()
    note = person.notes.get()
    assert (notice.user_id, notice.title) == (javiera.pk, "Ana Millaray te mencionó en una nota")
    assert notice.url == f"{url}notes/#note-{note.public_id}"
    assert "Valentina" not in f"{notice.title}{notice.detail}"


@pytest.mark.django_db
def test_an_edit_tells_those_who_are_new_in_it(ana: User, javiera: User, make_customer: Make):
    tomas = make_staff("tomas@casaquillay.example", "Tomás Ibarra", "sales")
    note = note_add(customer=make_customer("v@correo.example"), body="@javiera.soto", by=ana)
    note = note_edit(note=note, body="@Javiera Soto y @tomas", version=1, by=ana)

    assert note.mentions == [[javiera.pk, "Javiera Soto"], [tomas.pk, "tomas"]]
    assert set(Notice.objects.values_list("user_id", flat=True)) == {javiera.pk, tomas.pk}
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_who_may_not_see_customers_is_not_mentioned(
    ana: User, ana_client: Client, javiera: User, carla: User, make_customer: Make
):
    blind = make_staff("ciego@casaquillay.example", "Ciego Paredes", "support")
    blind.groups.clear()
    gone = make_staff("gone@casaquillay.example", "Gonzalo Ido", "support")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    body = "@Ciego Paredes @gone @carla @Carla Etxeberria"

    note = note_add(customer=make_customer("v@correo.example"), body=body, by=ana)

    assert note.mentions == []
    assert not Notice.objects.exists()
    options = ana_client.get("/backoffice/customers/mentions/").content.decode()
    assert "Javiera Soto" in options
    assert not any(name in options for name in ("Ciego", "Gonzalo", "Carla"))


@pytest.mark.django_db
def test_what_is_typed_narrows_the_offer(ana_client: Client, javiera: User):
    def offered(text: str) -> int:
        page = ana_client.get("/backoffice/customers/mentions/", {"q": text}).content.decode()
        return page.count('data-handle="Javiera Soto"')

    assert [offered(one) for one in ("jav", "SÓT", "javiera s", "javiera.so", "ana", "\x00")] == [
        1, 1, 1, 1, 0, 0,
    ]  # fmt: skip
