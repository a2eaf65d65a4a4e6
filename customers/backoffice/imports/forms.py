"""The forms of the wizard: the file, then its columns with all that hangs on them."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from customers.importing.consents import COLUMN, NO, YES
from customers.importing.fields import GROUPS, IGNORED, MATCHES, POLICIES, Field
from customers.importing.formats import DATE_ORDERS, DECIMALS, DELIMITERS, ENCODINGS, FileFormat
from customers.importing.mapping import destinations
from customers.importing.mappings import LIMIT, mappings_by_name
from customers.models import Category, ImportBatch

FORMAT = ("encoding", "delimiter", "has_header", "date_order", "decimal")
OPTIONS = ("update", "activate", "mail", "tag", "category", "match")
CONSENT = (
    (NO, _("No, or nobody knows")),
    (COLUMN, _("A column of the file says so")),
    (YES, _("Yes, all of them, and I say how")),
)


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV or XLSX, up to %(limit)s. The first line may hold the names of the columns."
        ) % {"limit": filesizeformat(settings.IMPORT_MAX_BYTES)}
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx"


class ColumnsForm(forms.Form):
    """One pair of fields for each column, then the format of the file and the options."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Separator"), choices=list(DELIMITERS.items()))
    has_header = forms.BooleanField(
        label=_("The first line holds the names of the columns"), required=False
    )
    date_order = forms.ChoiceField(label=_("Dates"), choices=list(DATE_ORDERS.items()))
    decimal = forms.ChoiceField(label=_("Numbers"), choices=list(DECIMALS.items()))
    update = forms.BooleanField(
        label=_("Update those who exist"),
        help_text=_("Without it they stay as they are, and only new people come in."),
        required=False,
    )
    match = forms.ChoiceField(
        label=_("How people are recognised"),
        help_text=_(
            "Two people may share a phone or a number; a row that fits several is held back."
        ),
        choices=list(MATCHES.items()),
        required=False,
    )
    activate = forms.BooleanField(
        label=_("Activate everybody"),
        help_text=_("Whatever the file says about their status."),
        required=False,
    )
    mail = forms.BooleanField(
        label=_("Send a link to set a password"),
        help_text=_("To active customers with an e-mail address and without an account."),
        required=False,
    )
    tag = forms.CharField(label=_("Add a tag"), max_length=80, required=False)
    category = forms.ChoiceField(label=_("Assign a category"), required=False)
    consent = forms.ChoiceField(
        label=_("Did these people agree to receive marketing e-mails?"),
        choices=CONSENT,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=_("How they agreed"),
        help_text=_("Who asked them, when, with which words, and where the proof is."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    mapping = forms.ModelChoiceField(
        label=_("Saved mapping"),
        queryset=mappings_by_name(),
        to_field_name="public_id",
        required=False,
        empty_label=_("As recognised"),
    )
    save_as = forms.CharField(
        label=_("Save these choices as"),
        help_text=_("The next file with the same columns gets them by itself."),
        max_length=LIMIT,
        required=False,
    )

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(batch))
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.is_sheet = batch.format.get("kind") == "xlsx"
        if self.is_sheet:
            del self.fields["encoding"], self.fields["delimiter"]
        categories = Category.objects.filter(source="").order_by("name").values_list("code", "name")
        self._choices("category", [("", "–"), *categories])
        choices = grouped(destinations(batch.columns))
        for position, column in enumerate(batch.columns):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=column["name"], choices=choices, required=False, initial=column["field"]
            )
            self.fields[f"policy_{position}"] = forms.ChoiceField(
                label=column["name"], choices=list(POLICIES.items()), initial=column["policy"]
            )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def column_rows(self) -> list[dict[str, Any]]:
        """The columns with their bound fields, for the template."""
        return [
            {
                "plan": column,
                "field": self[f"column_{position}"],
                "policy": self[f"policy_{position}"],
            }
            for position, column in enumerate(self.batch.columns)
        ]

    def columns(self) -> list[dict[str, str]]:
        return [
            {
                "field": self.cleaned_data[f"column_{position}"],
                "policy": self.cleaned_data[f"policy_{position}"],
            }
            for position in range(len(self.batch.columns))
        ]

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        consent = {"mode": data["consent"], "evidence": data["evidence"]}
        return {**{name: data[name] for name in OPTIONS}, "consent": consent}

    def format_changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FORMAT if name in self.fields}


def initial_of(batch: ImportBatch) -> dict[str, Any]:
    form = FileFormat.from_json(batch.format).to_json()
    consent = batch.options.get("consent", {})
    return {
        **{name: form[name] for name in FORMAT},
        **{name: batch.options.get(name, "") for name in OPTIONS},
        "consent": consent.get("mode") or suggested_consent(batch),
        "evidence": consent.get("evidence", ""),
        "mapping": batch.mapping.public_id if batch.mapping else None,
    }


def suggested_consent(batch: ImportBatch) -> str:
    """A column that says so is offered; else nothing is, since only the person knows."""
    fields = (str(column["field"]) for column in batch.columns)
    return COLUMN if any(key.startswith("consent.") for key in fields) else ""


def grouped(fields: list[Field]) -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in fields:
        groups.setdefault(one.group, []).append((one.key, str(one.label)))
    chosen = [(str(GROUPS[name]), entries) for name, entries in groups.items()]
    return [(IGNORED, _("Do not import")), *chosen]
