"""``import_customers``: a public interface."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import ConsentEvent, Customer
from tests.imports.conftest import EXPORTS

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05", "J22")]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*args: str) -> dict[str, Any]:
        call_command("import_customers", *args, "--json")
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return command


def write(folder: Path, text: str, name: str = "people.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_keys_of_its_json(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "correo,nombre,puntos\nana@x.cl,Ana,5\nno-es-correo,Bea,6\n")
    answer = run(path)
    assert {
        key: answer[key] for key in ("rows", "created", "updated", "unchanged", "rejected")
    } == {
        "rows": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert answer["errors"] == [{"line": 3, "column": "correo", "reason": "It has no @."}]
    assert answer["not_imported"] == ["puntos"]


def test_a_dry_run_writes_nothing(run: Any, tmp_path: Path) -> None:
    assert run(write(tmp_path, "correo\nana@x.cl\n"), "--dry-run")["created"] == 1
    assert Customer.objects.count() == 0


def test_update_and_consent(run: Any, tmp_path: Path) -> None:
    run(write(tmp_path, "correo,ciudad\nana@x.cl,Castro\n"))
    path = write(tmp_path, "correo,ciudad\nana@x.cl,Ancud\n")
    assert run(path)["unchanged"] == 1
    assert run(path, "--update", "--consent", "Feria 2026")["updated"] == 1
    assert Customer.objects.get().city == "Ancud"
    assert ConsentEvent.objects.get().evidence == "Feria 2026"


def test_a_mapping_says_what_columns_are(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "a;b;c\nana@x.cl;12/25/2020;Castro\n")
    mapping = write(
        tmp_path,
        json.dumps(
            {
                "format": {"date_order": "mdy", "has_header": True},
                "columns": {"b": "registered_at", "c": {"field": "city", "policy": "fill"}},
                "options": {"tag": "erp"},
            }
        ),
        "map.json",
    )
    assert run(path, "--mapping", mapping)["created"] == 1
    person = Customer.objects.get()
    assert (person.city, person.registered_at.date().isoformat()) == ("Castro", "2020-12-25")
    assert person.taggings.get().tag.name == "erp"


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("", []),
        ("ciudad\nCastro\n", []),
        ("correo\nana@x.cl\n", ["--consent", " "]),
    ],
)
def test_what_cannot_be_ends_with_an_error(tmp_path: Path, text: str, args: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_customers", write(tmp_path, text), *args)
    assert Customer.objects.count() == 0


def test_a_missing_file_and_an_unknown_column(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_customers", str(tmp_path / "none.csv"))
    mapping = write(tmp_path, '{"columns": {"nope": "city"}}', "map.json")
    with pytest.raises(CommandError, match="nope"):
        call_command("import_customers", write(tmp_path, "correo\na@x.cl\n"), "--mapping", mapping)


def test_it_tells_people_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_customers", write(tmp_path, "correo\nana@x.cl\nno-es\n"))
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("3, correo: ")
    assert len(told) == 2


def test_consent_columns_of_a_known_system_count(run: Any) -> None:
    assert run(str(EXPORTS / "shopify_customers.csv"))["created"] == 1500
    assert ConsentEvent.objects.filter(value="granted").count() == 917
