"""How each list of the back office gets rows, every one with all that its cells ask for."""

from collections.abc import Callable
from dataclasses import dataclass

from config.kit import audit, clock
from config.kit.api.models import ApiToken, Webhook
from config.kit.models import Job
from customers.models import (
    Category,
    Customer,
    CustomField,
    DuplicatePair,
    Erasure,
    ImportBatch,
    ImportMapping,
    Merge,
    OwnActivityKind,
    RegistrationCode,
    Suppression,
    Tag,
    User,
)
from customers.privacy.requests import request_assign, request_receive
from customers.services.categories import category_assign
from customers.services.consent import consent_record
from customers.services.tags import tag_add
from messaging.models import Campaign, CampaignTarget, Delivery
from targets.services.lists import list_create
from targets.services.targets import target_create
from tests.conftest import make_staff


@dataclass
class Maker:
    """Makes the row of a number; ``by`` is the owner."""

    by: User

    def customer(self, n: int) -> Customer:
        person = Customer(first_name=f"Persona {n}", city="Santiago", last_login_at=clock.now())
        person.set_email(f"p{n}@correo.example")
        person.save()
        tag_add(customer=person, names=[f"Etiqueta {n}"], by=self.by)
        zone, _is_new = Category.objects.get_or_create(name=f"Zona {n}", code=f"zona-{n}")
        category_assign(customer=person, categories=[zone])
        return person

    def tag(self, n: int) -> None:
        Tag.objects.create(name=f"Etiqueta {n}")

    def category(self, n: int) -> None:
        Category.objects.create(name=f"Zona {n}", code=f"zona-{n}")

    def field(self, n: int) -> None:
        CustomField.objects.filter(is_builtin=True).delete()
        CustomField.objects.create(
            key=f"campo-{n}", label=f"Campo {n}", kind="text", is_searchable=True, position=100 + n
        )

    def target(self, n: int) -> int:
        rule = {"version": 1, "rule": {"filter": "tags", "op": "any", "value": [f"Etiqueta {n}"]}}
        return target_create(slug=f"t-{n}", name=f"Target {n}", rule=rule, by=self.by).pk

    def people_list(self, n: int) -> None:
        list_create(name=f"Lista {n}", by=self.by)

    def campaign(self, n: int) -> Campaign:
        now = clock.now()
        made = Campaign.objects.create(
            slug=f"c-{n}", name=f"Campaña {n}", subject="Hola", created_by=self.by, state="finished",
            frozen_at=now, started_at=now, finished_at=now, audience_count=1, accepted_count=1,
        )  # fmt: skip
        CampaignTarget.objects.create(campaign=made, target_id=self.target(n))
        return made

    def message(self, n: int) -> None:
        person = self.customer(n)
        Delivery.objects.create(
            created_at=clock.now(), campaign_id=self.campaign(n).pk, customer=person,
            kind="campaign", state="accepted", address=person.email, sent_at=clock.now(),
        )  # fmt: skip

    def unsubscription(self, n: int) -> None:
        consent_record(
            customer=self.customer(n), channel="email", value="withdrawn", source="unsubscribe"
        )

    def suppression(self, n: int) -> None:
        person = self.customer(n)
        Suppression.objects.create(address_key=person.email, reason="manual")

    def entry(self, n: int) -> None:
        colleague = make_staff(f"colega{n}@x.example", f"Colega {n}", "sales")
        person = Customer.objects.create(first_name=f"Persona {n}")
        audit.record("customers.customer.updated", actor=colleague, subject=person)

    def job(self, n: int) -> None:
        colleague = make_staff(f"colega{n}@x.example", f"Colega {n}", "sales")
        Job.objects.create(kind="customers.export", title=f"Trabajo {n}", requested_by=colleague)

    def batch(self, n: int) -> None:
        colleague = make_staff(f"colega{n}@x.example", f"Colega {n}", "sales")
        job = Job.objects.create(kind="customers.import", title="Importar", requested_by=colleague)
        ImportBatch.objects.create(
            file_name=f"{n}.csv", path=f"{n}.csv", uploaded_by=colleague, job=job
        )

    def mapping(self, n: int) -> None:
        colleague = make_staff(f"colega{n}@x.example", f"Colega {n}", "sales")
        ImportMapping.objects.create(name=f"Planilla {n}", signature=str(n), created_by=colleague)

    def staff(self, n: int) -> None:
        make_staff(f"colega{n}@x.example", f"Colega {n}", "sales")

    def webhook(self, number: int) -> None:
        Webhook.objects.create(
            name=f"Shop {number}", url="https://shop.example/hooks", events=["customer.created"]
        )

    def token(self, n: int) -> None:
        ApiToken.objects.create(
            name=f"Caja {n}", prefix=f"caja{n}", digest="0" * 64, created_by=self.by
        )

    def code(self, n: int) -> None:
        RegistrationCode.objects.create(
            code=f"2222{n:04}".replace("0", "X").replace("1", "Y"), name=f"Feria {n}"
        )

    def kind(self, n: int) -> None:
        OwnActivityKind.objects.create(key=f"kind_{n}", label=f"Visita {n}")

    def pair(self, n: int) -> None:
        first, second = self.customer(2 * n), self.customer(2 * n + 1)
        DuplicatePair.objects.create(first=first, second=second, reasons=["phone"], strength=3)

    def merge(self, n: int) -> None:
        first, second = self.customer(2 * n), self.customer(2 * n + 1)
        Merge.objects.create(survivor=first, loser=second, merged_by=self.by)

    def erasure(self, n: int) -> None:
        Erasure.objects.create(
            customer=self.customer(n), ground="request", requested_by=self.by, due_at=clock.now()
        )

    def privacy_request(self, n: int) -> None:
        colleague = make_staff(f"colega{n}@x.example", f"Colega {n}", "support")
        row = request_receive(right="access", channel="letter", customer=self.customer(n))
        request_assign(row=row, assignee=colleague, by=self.by)


CASES: dict[str, tuple[str, Callable[[Maker, int], object]]] = {
    "customers": ("/backoffice/customers/", Maker.customer),
    "tags": ("/backoffice/customers/tags/", Maker.tag),
    "registration_codes": ("/backoffice/customers/registration-codes/", Maker.code),
    "activity_kinds": ("/backoffice/customers/activity-kinds/", Maker.kind),
    "categories": ("/backoffice/customers/categories/", Maker.category),
    "custom_fields": ("/backoffice/customers/fields/", Maker.field),
    "targets": ("/backoffice/targets/", Maker.target),
    "lists": ("/backoffice/targets/lists/", Maker.people_list),
    "campaigns": ("/backoffice/campaigns/", Maker.campaign),
    "messages": ("/backoffice/messages/", Maker.message),
    "unsubscriptions": ("/backoffice/unsubscriptions/", Maker.unsubscription),
    "suppressions": ("/backoffice/unsubscriptions/blocked/", Maker.suppression),
    "trail": ("/backoffice/trail/", Maker.entry),
    "jobs": ("/backoffice/jobs/", Maker.job),
    "import_mappings": ("/backoffice/imports/mappings/", Maker.mapping),
    "imports": ("/backoffice/imports/", Maker.batch),
    "staff": ("/backoffice/staff/", Maker.staff),
    "api_tokens": ("/backoffice/programs/", Maker.token),
    "webhooks": ("/backoffice/programs/webhooks/", Maker.webhook),
    "duplicates": ("/backoffice/customers/duplicates/", Maker.pair),
    "erasures": ("/backoffice/customers/erasures/", Maker.erasure),
    "privacy_requests": ("/backoffice/customers/requests/", Maker.privacy_request),
    "merges": ("/backoffice/customers/merges/", Maker.merge),
}
