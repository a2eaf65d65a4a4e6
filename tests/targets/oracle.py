"""An independent judge: the rule of a target over plain Python values, no code of the compiler."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.targets.oracle_values import (
    ZONE,
    age,
    as_instant,
    compare,
    fold,
    is_birthday,
    midnight,
    shift,
)

Truth = bool | None


@dataclass
class Mail:
    campaign: str | None
    kind: str = "campaign"
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None


@dataclass
class Event:
    kind: str
    at: datetime
    device: str = ""
    mail: int | None = None
    campaign: str | None = None


@dataclass
class Person:
    public_id: str
    status: str = "active"
    lifecycle: str = "lead"
    gender: str = ""
    city: str = ""
    birth_date: date | None = None
    birth_day: tuple[int, int] | None = None
    registered_at: datetime | None = None
    last_login_at: datetime | None = None
    verified: bool = False
    has_user: bool = False
    custom: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    consents: dict[tuple[str, str], str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    is_live: bool = True
    login_count: int = 0
    reason: str = ""
    blocked_at: datetime | None = None
    phones: list[str] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


class Judge:
    def __init__(self, people: list[Person], t: datetime, targets: dict[str, Any]) -> None:
        self.people = [person for person in people if person.is_live]
        self.t = t
        self.today = t.astimezone(ZONE).date()
        self.targets = targets
        self.keys: dict[str, int] = {}  # of those who are stored, by their public id

    def nodes(self, document: dict[str, Any]) -> dict[str, set[str]]:
        """JSON Pointer → public ids of those for whom the node is true."""
        found: dict[str, set[str]] = {}
        self._visit(document["rule"], "/rule", found)
        return found

    def _visit(self, node: Any, at: str, found: dict[str, set[str]]) -> None:
        found[at] = {one.public_id for one in self.people if self.truth(node, one) is True}
        if "not" in node:
            self._visit(node["not"], f"{at}/not", found)
        for kind in ("all", "any"):
            for index, part in enumerate(node.get(kind, ())):
                self._visit(part, f"{at}/{kind}/{index}", found)

    def truth(self, node: Any, one: Person) -> Truth:
        if "not" in node:
            inner = self.truth(node["not"], one)
            return None if inner is None else not inner
        if "all" in node:
            parts = [self.truth(part, one) for part in node["all"]]
            return False if False in parts else None if None in parts else True
        if "any" in node:
            parts = [self.truth(part, one) for part in node["any"]]
            return True if True in parts else None if None in parts else False
        judged: Truth = getattr(self, f"_{node['filter']}")(node, one)
        return judged

    # instants

    def moved(self, length: int, unit: str) -> datetime:
        if unit in ("minutes", "hours"):
            return self.t + timedelta(**{unit: length})
        local = self.t.astimezone(ZONE).replace(tzinfo=None)
        shifted = datetime.combine(shift(local.date(), length, unit), local.time())
        return as_instant(shifted)

    def in_window(self, at: datetime | None, window: dict[str, Any] | None) -> bool:
        if at is None or at > self.t:
            return False
        if window is None:
            return True
        if "last" in window:
            return at > self.moved(-window["last"], window["unit"])
        if "from" in window and at < midnight(date.fromisoformat(window["from"])):
            return False
        if "to" in window:
            return at < midnight(date.fromisoformat(window["to"]) + timedelta(days=1))
        return True

    # kinds of value

    def number(self, value: float | None, node: Any) -> Truth:
        op: str = node["op"]
        asked = node.get("value")
        if op in ("empty", "not_empty"):
            return (value is None) == (op == "empty")
        if value is None:
            return None
        return compare(value, op, asked)

    def text(self, value: str | None, node: Any) -> Truth:
        op: str = node["op"]
        asked = node.get("value")
        held = fold(value) if value else None
        if op in ("empty", "not_empty"):
            return (held is None) == (op == "empty")
        if held is None:
            return None
        if op in ("any", "none"):
            return (held in {fold(one) for one in asked}) == (op == "any")
        wanted = fold(asked)
        return {
            "is": held == wanted,
            "is_not": held != wanted,
            "contains": wanted in held,
            "starts_with": held.startswith(wanted),
        }[op]

    def choice(self, value: str | None, node: Any) -> Truth:
        op: str = node["op"]
        if op in ("empty", "not_empty"):
            return (value is None) == (op == "empty")
        if value is None:
            return None
        return (value in node["value"]) == (op == "any")

    def members(self, held: set[str], node: Any) -> Truth:
        op, asked = node["op"], set(node.get("value", ()))
        return {
            "any": bool(held & asked),
            "all": asked <= held,
            "none": not held & asked,
            "empty": not held,
            "not_empty": bool(held),
        }[op]

    def day(self, value: date | None, node: Any) -> Truth:
        op: str = node["op"]
        asked = node.get("value")
        if op in ("empty", "not_empty"):
            return (value is None) == (op == "empty")
        if value is None:
            return None
        if op == "last":
            return shift(self.today, -asked["n"], asked["unit"]) < value <= self.today
        if op == "next":
            return self.today <= value < shift(self.today, asked["n"], asked["unit"])
        first, last = asked if op == "between" else (asked, asked)
        low, high = date.fromisoformat(first), date.fromisoformat(last)
        return {"before": value < low, "after": value > high}.get(op, low <= value <= high)

    def time(self, value: datetime | None, node: Any) -> Truth:
        op: str = node["op"]
        asked = node.get("value")
        if op in ("never", "empty", "not_empty"):
            return (value is None) == (op != "not_empty")
        if value is None:
            return None
        if op == "last":
            return self.moved(-asked["n"], asked["unit"]) < value <= self.t
        if op == "next":
            return self.t <= value < self.moved(asked["n"], asked["unit"])
        first, last = asked if op == "between" else (asked, asked)
        start = midnight(date.fromisoformat(first))
        end = midnight(date.fromisoformat(last) + timedelta(days=1))
        return {"before": value < start, "after": value >= end}.get(op, start <= value < end)

    def often(self, number: int, node: Any) -> bool:
        count = node.get("count", {"op": "gte", "value": 1})
        return compare(number, count["op"], count["value"])

    # filters

    def _status(self, node: Any, one: Person) -> Truth:
        return self.choice("active" if one.status == "active" else "inactive", node)

    def _gender(self, node: Any, one: Person) -> Truth:
        return self.choice(one.gender or None, node)

    def _lifecycle(self, node: Any, one: Person) -> Truth:
        return self.choice(one.lifecycle, node)

    def _account_type(self, node: Any, one: Person) -> Truth:
        return self.choice("registered" if one.has_user else "guest", node)

    def _verified(self, node: Any, one: Person) -> Truth:
        op: str = node["op"]
        if op in ("empty", "not_empty"):
            return op == "not_empty"
        return bool(one.verified == node["value"])

    def _age(self, node: Any, one: Person) -> Truth:
        return self.number(age(one.birth_date, self.today), node)

    def _birth_date(self, node: Any, one: Person) -> Truth:
        if node["op"] != "anniversary":
            return self.day(one.birth_date, node)
        if one.birth_day is None:
            return None
        asked = node["value"]
        if "next" in asked:
            days = [self.today + timedelta(days=offset) for offset in range(asked["next"])]
            return any(is_birthday(one.birth_day, day) for day in days)
        low, high = (tuple(map(int, asked[key].split("-"))) for key in ("from", "to"))
        if low <= high:
            return low <= one.birth_day <= high
        return one.birth_day >= low or one.birth_day <= high

    def _registered_at(self, node: Any, one: Person) -> Truth:
        return self.time(one.registered_at, node)

    def _last_login(self, node: Any, one: Person) -> Truth:
        return self.time(one.last_login_at, node)

    def _field(self, node: Any, one: Person) -> Truth:
        if node["field"] == "city":
            return self.text(one.city or None, node)
        if node["field"] == "login_count":
            return self.number(one.login_count, node)
        if node["field"] == "lifecycle_reason":
            return self.choice(one.reason or "staff", node)
        many = {
            "further_phone": one.phones,
            "address_district": one.districts,
            "external_id": one.codes,
        }
        if node["field"] in many:
            return self.some(many[node["field"]], node)
        return self.time(getattr(one, node["field"]), node)

    def some(self, values: list[str], node: Any) -> Truth:
        """One of the values is enough; blank ones are none."""
        op: str = node["op"]
        held = [one for one in values if one]
        if op in ("empty", "not_empty"):
            return bool(held) == (op == "not_empty")
        return any(self.text(one, node) for one in held) if held else None

    def _custom_field(self, node: Any, one: Person) -> Truth:
        value = one.custom.get(node["field"])
        if node["field"] == "generic_integer_1":
            return self.number(value, node)
        if node["field"] == "generic_date_1":
            return self.day(date.fromisoformat(value) if value else None, node)
        if node["field"] == "plan":
            return self.choice(value, node)
        if node["field"] == "vip":
            op: str = node["op"]
            if op in ("empty", "not_empty"):
                return (value is None) == (op == "empty")
            return None if value is None else bool(value == node["value"])
        return self.text(value, node)

    def _tags(self, node: Any, one: Person) -> Truth:
        lower = {**node, "value": [name.lower() for name in node.get("value", ())]}
        return self.members({name.lower() for name in one.tags}, lower)

    def _category(self, node: Any, one: Person) -> Truth:
        return self.members(one.categories, node)

    def _static_list(self, node: Any, one: Person) -> Truth:
        op: str = node["op"]
        return bool(one.lists & set(node["value"])) == (op == "any")

    def _consent(self, node: Any, one: Person) -> Truth:
        held = one.consents.get((node["channel"], node.get("purpose", "marketing")), "never")
        return self.choice("never" if held == "pending" else held, node)

    def _login(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.happened(one, ("login",), node)), node)

    def _device(self, node: Any, one: Person) -> Truth:
        found = [e for e in self.happened(one, ("login",), node) if e.device in node["value"]]
        return self.often(len(found), node)

    def happened(self, one: Person, kinds: tuple[str, ...], node: Any) -> list[Event]:
        return [
            event
            for event in one.events
            if event.kind in kinds and self.in_window(event.at, node.get("window"))
        ]

    def _activity_count(self, node: Any, one: Person) -> Truth:
        numbers = [len(self.happened(one, (kind,), node)) for kind in node["kinds"]]
        mode = node.get("mode", "any")
        if mode == "sum":
            return compare(sum(numbers), node["op"], node["value"])
        judged = [compare(number, node["op"], node["value"]) for number in numbers]
        return all(judged) if mode == "all" else any(judged)

    def of_campaign(self, campaign: str | None, node: Any) -> bool:
        asked = node.get("campaign", "any")
        if asked == "any":
            return True
        return campaign in ([asked] if isinstance(asked, str) else asked)

    def mails(self, one: Person, node: Any, name: str) -> list[Mail]:
        return [
            mail
            for mail in one.mails
            if mail.kind != "test"
            and self.of_campaign(mail.campaign, node)
            and self.in_window(getattr(mail, name), node.get("window"))
        ]

    def is_opened(self, mail: Mail) -> bool:
        return any(at is not None and at <= self.t for at in (mail.opened_at, mail.clicked_at))

    def _email_delivered(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.mails(one, node, "delivered_at")), node)

    def _email_spam(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.mails(one, node, "complained_at")), node)

    def _email_bounced(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.mails(one, node, "bounced_at")), node)

    def _email_unread(self, node: Any, one: Person) -> Truth:
        found = [
            mail
            for mail in self.mails(one, node, "sent_at")
            if mail.delivered_at and mail.delivered_at <= self.t and not self.is_opened(mail)
        ]
        return self.often(len(found), node)

    def _email_unopened(self, node: Any, one: Person) -> Truth:
        found = [mail for mail in self.mails(one, node, "sent_at") if not self.is_opened(mail)]
        return self.often(len(found), node)

    def opens(self, one: Person, kinds: tuple[str, ...], node: Any) -> list[Event]:
        found = self.happened(one, kinds, node)
        return [event for event in found if self.of_campaign(event.campaign, node)]

    def _email_opened(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.opens(one, ("email_opened", "email_clicked"), node)), node)

    def _email_clicked(self, node: Any, one: Person) -> Truth:
        return self.often(len(self.opens(one, ("email_clicked",), node)), node)

    def _email_open_count(self, node: Any, one: Person) -> Truth:
        opened = self.opens(one, ("email_opened", "email_clicked"), node)
        return compare(len({event.mail for event in opened}), node["op"], node["value"])

    def _bucket(self, node: Any, one: Person) -> Truth:
        digest = hashlib.sha256(f"{node['salt']}:{one.public_id}".encode()).digest()
        return int.from_bytes(digest[:4], "big") < int(2**32 * node["percent"] / 100)

    def _target(self, node: Any, one: Person) -> Truth:
        inside = any(self.truth(self.targets[slug]["rule"], one) is True for slug in node["value"])
        op: str = node["op"]
        return inside == (op == "any")
