"""Writing a campaign: its steps, the draft that saves itself, two people at once, the preview."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.kit.models import AuditEntry
from customers.models import Customer, User
from messaging.backoffice.campaigns.drafting import ChangedByAnother, Token, step_save
from messaging.backoffice.campaigns.forms import SenderForm
from messaging.models import Campaign
from messaging.services.campaigns import campaign_update, campaign_values
from targets.models import Target

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS01")]
Reader = Callable[..., Customer]
AUTOSAVE = {"HX-Request": "true", "HX-Target": "composer-status"}


def step_url(campaign: Campaign, step: str) -> str:
    return reverse("messaging:campaign-edit", args=[campaign.public_id, step])


def posted(client: Client, campaign: Campaign, step: str) -> dict[str, Any]:
    """What the browser would send if nobody touched the form."""
    context = client.get(step_url(campaign, step)).context
    values = {name: value for name, value in context["form"].initial.items() if value is not False}
    return {**values, "version": str(context["version"])}


def change_as(other: User, campaign: Campaign, **changes: Any) -> None:
    """Somebody else saves meanwhile."""

    held = Campaign.objects.get(pk=campaign.pk)
    values = replace(campaign_values(held), **changes)
    campaign_update(campaign=held, values=values, version=held.version, by=other)


def test_a_new_campaign_begins_as_a_draft_with_a_mail_that_works(
    ana_client: Client, target: Target
) -> None:
    answer = ana_client.post(
        reverse("messaging:campaign-new"),
        {"name": "Año nuevo", "target": target.pk, "body_format": "mjml"},
    )

    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == step_url(campaign, "audience")
    assert (campaign.state, campaign.body_format) == ("draft", "mjml")
    assert campaign_values(campaign).include == [target.pk]
    content = ana_client.get(step_url(campaign, "content"))
    assert list(content.context["problems"]) == []


def test_a_campaign_needs_a_name(ana_client: Client) -> None:
    url = reverse("messaging:campaign-new")
    answer = ana_client.post(url, {"name": " ", "body_format": "html"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["name"]
    assert Campaign.objects.count() == 0


def test_the_audience_says_who_does_not_receive_it_and_why(
    ana_client: Client, draft: Campaign, reader: Reader, make_customer: Reader
) -> None:
    for number in range(3):
        reader(f"si{number}@correo.example")
    make_customer("sin@correo.example")
    make_customer("")

    lines = ana_client.get(step_url(draft, "audience")).context["audience"]

    assert (lines.total, lines.reachable, lines.unreachable) == (5, 3, 2)
    assert sum(one.count for one in lines.reasons) == 2


def test_leaving_out_a_target_takes_its_people_away(
    ana_client: Client, draft: Campaign, reader: Reader, target: Target
) -> None:
    reader("a@correo.example", lifecycle="customer")
    reader("b@correo.example", lifecycle="lead")
    rule = {"version": 1, "rule": {"filter": "lifecycle", "op": "any", "value": ["lead"]}}
    leads = Target.objects.create(slug="leads", name="Leads", rule=rule)
    values = {**posted(ana_client, draft, "audience"), "exclude": [leads.pk]}

    answer = ana_client.post(step_url(draft, "audience"), values)

    assert answer.headers["Location"] == step_url(draft, "content")
    assert ana_client.get(step_url(draft, "audience")).context["audience"].total == 1


def test_a_target_cannot_be_included_and_left_out(
    ana_client: Client, draft: Campaign, target: Target
) -> None:
    values = {**posted(ana_client, draft, "audience"), "exclude": [target.pk]}

    answer = ana_client.post(step_url(draft, "audience"), values)

    assert answer.status_code == 422
    assert campaign_values(draft).exclude == []


def test_a_draft_saves_itself_and_says_when(ana_client: Client, draft: Campaign) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "Otro asunto"}

    answer = ana_client.post(step_url(draft, "content"), values, headers=AUTOSAVE)

    draft.refresh_from_db()
    html = answer.content.decode()
    assert draft.subject == "Otro asunto"
    assert "Draft saved at" in html
    assert f'value="{draft.version}.' in html
    assert answer.headers["HX-Trigger-After-Swap"] == "campaign-saved"


def test_saves_in_a_row_go_on_from_the_version_that_came_back(
    ana_client: Client, draft: Campaign
) -> None:
    values = posted(ana_client, draft, "content")
    for subject in ("Uno", "Dos", "Tres"):
        answer = ana_client.post(
            step_url(draft, "content"), {**values, "subject": subject}, headers=AUTOSAVE
        )
        values["version"] = str(answer.context["version"])

    draft.refresh_from_db()
    assert draft.subject == "Tres"


def test_mistakes_in_the_template_are_saved_and_shown_with_their_line(
    ana_client: Client, draft: Campaign
) -> None:
    body = "<p>Hola</p>\n<p>{{ customer.apodo }}</p>\n<p>{{ unsubscribe_url }}</p>"
    values = {**posted(ana_client, draft, "content"), "body": body.replace("\n", "\r\n")}

    answer = ana_client.post(step_url(draft, "content"), values, headers=AUTOSAVE)

    draft.refresh_from_db()
    assert draft.body == body
    assert [(one.field, one.line) for one in answer.context["problems"]] == [("body", 2)]
    assert 'data-goto-line="2"' in answer.content.decode()


def test_two_people_in_the_same_step_meet_and_choose(
    ana_client: Client, draft: Campaign, beto: User
) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "De Ana"}
    change_as(beto, draft, subject="De Beto")

    answer = ana_client.post(step_url(draft, "content"), values)

    draft.refresh_from_db()
    html = answer.content.decode()
    assert answer.status_code == 409
    assert draft.subject == "De Beto"
    assert "Beto Arriagada" in html
    assert [one.yours for _name, one in answer.context["conflicts"]] == ["De Ana"]
    assert [one.theirs for _name, one in answer.context["conflicts"]] == ["De Beto"]

    chosen = {**dict(answer.context["kept"]), "subject": "De Ana"}
    ana_client.post(step_url(draft, "content"), {**chosen, "version": answer.context["version"]})
    draft.refresh_from_db()
    assert draft.subject == "De Ana"


def test_a_conflict_about_targets_keeps_them_all(
    ana_client: Client, draft: Campaign, beto: User, target: Target
) -> None:
    second, third = (
        Target.objects.create(slug=name, name=name, rule=target.rule) for name in ("dos", "tres")
    )
    values = {**posted(ana_client, draft, "audience"), "include": [target.pk, second.pk]}
    change_as(beto, draft, include=[third.pk])

    answer = ana_client.post(step_url(draft, "audience"), values)
    [(_name, conflict)] = answer.context["conflicts"]
    assert (conflict.yours, conflict.theirs) == ("Todos, dos", "tres")

    ana_client.post(
        step_url(draft, "audience"),
        {"include": conflict.posts_yours, "version": answer.context["version"]},
    )
    assert sorted(campaign_values(draft).include) == sorted([target.pk, second.pk])


def test_two_people_in_different_steps_do_not_meet(
    ana_client: Client, draft: Campaign, beto: User
) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "De Ana"}
    change_as(beto, draft, from_name="Beto de Quillay")

    answer = ana_client.post(step_url(draft, "content"), values)

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.subject, draft.from_name) == ("De Ana", "Beto de Quillay")


def test_an_autosave_that_meets_another_writes_nothing_and_says_who(
    ana_client: Client, draft: Campaign, beto: User
) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "De Ana"}
    change_as(beto, draft, subject="De Beto")

    answer = ana_client.post(step_url(draft, "content"), values, headers=AUTOSAVE)

    draft.refresh_from_db()
    assert draft.subject == "De Beto"
    assert "Beto Arriagada changed this at" in answer.content.decode()
    assert "HX-Trigger-After-Swap" not in answer.headers


def test_a_draft_that_saved_itself_just_before_the_button_is_no_conflict(
    ana_client: Client, draft: Campaign
) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "Lo mismo dos veces"}
    before = Campaign.objects.get(pk=draft.pk)
    ana_client.post(step_url(draft, "content"), values, headers=AUTOSAVE)

    answer = ana_client.post(step_url(draft, "content"), values)

    assert answer.headers["Location"] == step_url(draft, "sender")
    draft.refresh_from_db()
    assert (draft.subject, draft.version) == ("Lo mismo dos veces", before.version + 1)


def test_two_saves_of_the_same_words_at_once_make_one(
    draft: Campaign, ana: User, beto: User
) -> None:
    read_before = Campaign.objects.get(pk=draft.pk)
    token = Token.of(read_before, SenderForm)
    change_as(beto, draft, from_name="Casa Quillay")
    values = SenderForm.initial_of(campaign_values(read_before))
    same = SenderForm({**values, "from_name": "Casa Quillay"})
    other = SenderForm({**values, "from_name": "Otra casa"})
    assert same.is_valid()
    assert other.is_valid()

    saved = step_save(campaign=read_before, form=same, token=token, by=ana)

    assert (saved.from_name, saved.version) == ("Casa Quillay", read_before.version + 1)
    with pytest.raises(ChangedByAnother):
        step_save(campaign=read_before, form=other, token=token, by=ana)


def test_a_forged_version_is_a_conflict_and_no_crash(ana_client: Client, draft: Campaign) -> None:
    values = {**posted(ana_client, draft, "content"), "subject": "X", "version": "9e9.zz"}

    assert ana_client.post(step_url(draft, "content"), values).status_code == 409


def test_an_empty_sender_shows_whose_name_the_mail_carries(
    ana_client: Client, draft: Campaign, settings: Any
) -> None:
    settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL = "Casa Quillay", "hola@casa.example"

    page = ana_client.get(step_url(draft, "sender")).content.decode()

    assert 'placeholder="Casa Quillay"' in page
    assert 'placeholder="hola@casa.example"' in page


def test_a_wrong_sender_is_refused_at_its_field(ana_client: Client, draft: Campaign) -> None:
    values = {**posted(ana_client, draft, "sender"), "from_address": "hola\nBcc: x@y.example"}

    answer = ana_client.post(step_url(draft, "sender"), values)

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["from_address"]
    assert draft.from_address == "hola@quillay.example"


def test_the_preview_is_the_mail_as_that_person_gets_it(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    person = reader("nekane@correo.example", first_name="Nekane")
    url = reverse("messaging:campaign-preview", args=[draft.public_id])

    html = ana_client.get(url, {"as": str(person.public_id)})
    text = ana_client.get(url, {"as": str(person.public_id), "mode": "text"})
    dark = ana_client.get(url, {"as": str(person.public_id), "mode": "dark"})

    assert "Hola Nekane" in html.content.decode()
    assert "Hola Nekane" in text.content.decode()
    assert text.headers["Content-Type"].startswith("text/plain")
    assert "invert(1)" in dark.content.decode()
    for answer in (html, text, dark):
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_people_to_preview_as_are_found_by_name(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    reader("nekane@correo.example", first_name="Nekane")
    reader("lautaro@correo.example", first_name="Lautaro")
    url = reverse("messaging:campaign-people", args=[draft.public_id])

    html = ana_client.get(url, {"q": "nekan"}).content.decode()

    assert "Nekane" in html
    assert "Lautaro" not in html


def test_the_checklist_blocks_until_everything_is_right(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    empty = ana_client.get(step_url(draft, "review"))
    assert empty.context["is_ready"] is False
    assert reverse("messaging:campaign-send", args=[draft.public_id]) not in empty.content.decode()

    reader("nekane@correo.example")
    ready = ana_client.get(step_url(draft, "review"))
    assert ready.context["is_ready"] is True
    assert reverse("messaging:campaign-send", args=[draft.public_id]) in ready.content.decode()


def test_a_target_whose_rule_broke_is_told_and_blocks(
    ana_client: Client, draft: Campaign, target: Target
) -> None:
    rule = {"version": 1, "rule": {"filter": "custom_field", "field": "gone", "op": "not_empty"}}
    Target.objects.filter(pk=target.pk).update(rule=rule)

    audience = ana_client.get(step_url(draft, "audience"))
    review = ana_client.get(step_url(draft, "review"))

    assert (audience.status_code, review.status_code) == (200, 200)
    assert audience.context["audience"].problem
    assert review.context["is_ready"] is False


def test_what_is_being_sent_cannot_be_edited(ana_client: Client, sent: Any) -> None:
    campaign = sent({"pending": 1}, state="sending")

    answer = ana_client.post(step_url(campaign, "content"), {"subject": "tarde", "version": "1.x"})

    campaign.refresh_from_db()
    assert answer.headers["Location"] == reverse("messaging:campaign", args=[campaign.public_id])
    assert campaign.subject == "Hola {{ customer.first_name }}"


def test_a_reader_cannot_write(beto_client: Client, draft: Campaign) -> None:
    for step in ("audience", "content", "sender", "review"):
        assert beto_client.get(step_url(draft, step)).status_code == 403
    assert beto_client.post(step_url(draft, "content"), {"subject": "x"}).status_code == 403
    assert beto_client.get(reverse("messaging:campaign-new")).status_code == 403
    assert AuditEntry.objects.filter(action="messaging.campaign.updated").count() == 0


def test_an_unknown_step_is_not_found(ana_client: Client, draft: Campaign) -> None:
    assert ana_client.get(step_url(draft, "nothing")).status_code == 404
