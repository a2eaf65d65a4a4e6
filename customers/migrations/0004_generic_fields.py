from django.db import migrations


def make_generic_fields(apps, schema_editor):
    field = apps.get_model("customers", "CustomField")
    kinds = [("text", "text", 5, "Texto genérico", "Generic text")]
    kinds.append(("integer", "number", 5, "Entero genérico", "Generic integer"))
    kinds.append(("date", "date", 2, "Fecha genérica", "Generic date"))
    position = 0
    for key, kind, most, label, label_en in kinds:
        for number in range(1, most + 1):
            position += 1
            field.objects.create(
                key=f"generic_{key}_{number}",
                kind=kind,
                label=f"{label} {number}",
                label_en=f"{label_en} {number}",
                is_builtin=True,
                position=position,
            )


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_identity_search_ledgers")]
    operations = [migrations.RunPython(make_generic_fields, migrations.RunPython.noop)]
