"""Mappings kept by name: saved in the wizard, used by themselves, renamed, deleted, in commands."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.importing.mappings import mapping_propose, mapping_save, mapping_use
from customers.models import Category, Customer, CustomField, ImportBatch, ImportMapping
from tests.imports.conftest import configure, upload
from tests.imports.test_screens import answers, member, send, uploaded, url

pytestmark = [pytest.mark.django_db, pytest.mark.feature("BX09", "US05", "J22")]
__all__ = ["member"]
FILE = "correo;zona;apodo\nana@x.cl;Castro;Nana\n"


def saved(name: str = "Planilla", content: str = FILE, **options: object) -> ImportMapping:
    batch = configure(
        upload(content),
        fields={"zona": "city", "apodo": "second_last_name"},
        policies={"zona": "fill"},
        **options,
    )
    return mapping_save(batch=batch, name=name)


def fields(batch: ImportBatch) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["field"], one["policy"]) for one in batch.columns}


def test_what_was_chosen_once_comes_by_itself_with_the_next_file(member):
    batch = uploaded(member, FILE)
    sent = answers(batch, column_1="city", policy_1="fill", tag="feria", save_as="Feria")
    assert member.post(url(batch, "columns"), sent).status_code == 302
    mapping = ImportMapping.objects.get()
    assert AuditEntry.objects.get(action="customers.import_mapping.saved").subject_id == mapping.pk

    again = uploaded(member, "APODO;Correo;Zona\nBea;bea@x.cl;Ancud\n")
    assert again.mapping == mapping
    assert fields(again)["Zona"] == ("city", "fill")
    assert again.options["tag"] == "feria"
    page = member.get(url(again, "columns")).content.decode()
    assert "“Feria” filled this in." in page
    assert uploaded(member, "correo;otra\na@x.cl;1\n").mapping is None


def test_consent_is_asked_again_for_every_file():
    mapping = saved(consent={"mode": "yes", "evidence": "Feria de mayo"})
    batch = upload(FILE)
    assert mapping_propose(batch=batch) == mapping
    batch.refresh_from_db()
    assert batch.options["consent"] == {"mode": "", "evidence": ""}
    assert "Feria de mayo" not in str(vars(mapping))


def test_another_mapping_is_chosen_on_the_page_and_left_again(member):
    mapping = saved()
    batch = uploaded(member, "correo;zona\nana@x.cl;Castro\n")
    assert fields(batch)["zona"][0] == ""
    chosen = answers(batch, use_mapping="1", mapping=str(mapping.public_id))
    told = member.post(url(batch, "columns"), chosen, follow=True).content.decode()
    assert "The file lacks columns of this mapping: apodo." in told
    batch.refresh_from_db()
    assert (batch.mapping, fields(batch)["zona"]) == (mapping, ("city", "fill"))
    member.post(url(batch, "columns"), answers(batch, use_mapping="1", mapping=""))
    batch.refresh_from_db()
    assert (batch.mapping, fields(batch)["zona"][0]) == (None, "")


def test_what_is_there_no_more_is_left_out():
    field = CustomField.objects.create(key="apodo", label="Apodo", label_en="Nickname", kind="text")
    Category.objects.create(name="Zona", code="zona")
    batch = configure(upload(FILE), fields={"apodo": "custom.apodo"}, category="zona")
    mapping = mapping_save(batch=batch, name="Con apodo")
    field.delete()
    Category.objects.all().delete()
    fresh = upload(FILE)
    assert mapping_use(batch=fresh, mapping=mapping) == []
    fresh.refresh_from_db()
    assert (fields(fresh)["apodo"][0], fresh.options["category"]) == ("", "")


def test_a_column_that_a_mapping_uses_is_not_claimed_twice():
    mapping = mapping_save(
        batch=configure(upload("a;b\nx@x.cl;1\n"), fields={"a": "email", "b": ""}), name="Dos"
    )
    fresh = upload("a;correo\nx@x.cl;y@x.cl\n")
    mapping_use(batch=fresh, mapping=mapping)
    fresh.refresh_from_db()
    assert {name: one[0] for name, one in fields(fresh).items()} == {"a": "email", "correo": ""}
    configure(fresh)


def test_a_name_is_replaced_for_the_same_columns_and_refused_for_others(member):
    mapping = saved("Planilla")
    same = configure(upload(FILE), fields={"zona": "", "apodo": ""})
    assert mapping_save(batch=same, name="PLANILLA") == mapping
    mapping.refresh_from_db()
    assert {one["name"]: one["field"] for one in mapping.columns}["zona"] == ""
    batch = uploaded(member, "correo;otra\na@x.cl;1\n")
    refused = member.post(url(batch, "columns"), answers(batch, save_as="planilla"))
    assert refused.status_code == 422
    assert 'id="id_save_as_error"' in refused.content.decode()
    batch.refresh_from_db()
    assert (batch.state, ImportMapping.objects.count()) == ("uploaded", 1)


def test_mappings_are_listed_renamed_and_deleted(member):
    mapping, other = saved("Planilla"), saved("Caja", "correo;zona;apodo;x\na@x.cl;1;2;3\n")
    assert "Planilla" in member.get(reverse("imports:mappings")).content.decode()
    page = reverse("imports:mapping", args=[mapping.public_id])
    assert "City" in member.get(page).content.decode()
    assert member.post(page, {"name": "caja"}).status_code == 422
    member.post(page, {"name": "Tienda"})
    mapping.refresh_from_db()
    assert mapping.name == "Tienda"
    member.post(reverse("imports:mapping_delete", args=[mapping.public_id]), {"confirmed": "1"})
    assert list(ImportMapping.objects.all()) == [other]


def test_the_command_takes_the_name_of_a_mapping(tmp_path, capsys):
    saved("Planilla")
    path = tmp_path / "gente.csv"
    path.write_text("correo;zona;apodo\nana@x.cl;Castro;Nana\n")
    call_command("import_customers", str(path), "--mapping", "planilla", "--json")
    person = Customer.objects.get()
    assert (person.city, person.second_last_name) == ("Castro", "Nana")
    with pytest.raises(CommandError, match="Saved: Planilla"):
        call_command("import_customers", str(path), "--mapping", "ninguna")
    assert Customer.objects.count() == 1


def test_a_mapping_does_not_reach_an_import_that_is_further_on():
    mapping = saved()
    batch = upload(FILE)
    ImportBatch.objects.filter(pk=batch.pk).update(state="applied")
    with pytest.raises(DomainError) as refused:
        mapping_use(batch=batch, mapping=mapping)
    assert refused.value.code == "import_elsewhere"


def test_who_may_not_import_sees_no_mappings(beto_client):
    assert beto_client.get(reverse("imports:mappings")).status_code == 403
    assert send(beto_client, FILE).status_code == 403
