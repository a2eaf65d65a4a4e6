"""Every service that writes leaves a row in the audit trail, or says here why it does not."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from config.kit.audit import actions
from tests.architecture.source import ROOT, functions, python_files

WRITES = {
    "save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create",
    "update_or_create", "set", "execute",
}  # fmt: skip

LOGIN = "the customer's own log-in or log-out is an activity of theirs"
SESSION = "a session is no data of the business; who ends those of others writes the row"
LEDGER = "a ledger is its own trail, and cannot be changed"
MACHINE = "the machine's own step on behalf of a service that wrote the row"
EXEMPT = {
    "account_enter": LOGIN,
    "account_enter_by_link": LOGIN,
    "account_login": LOGIN,
    "account_logout": LOGIN,
    "session_end": SESSION,
    "session_end_all": SESSION,
    "session_open": SESSION,
    "activity_receipts_forget": MACHINE,
    "activity_record_many": LEDGER,
    "audience_count": "a count in a transaction that is rolled back",
    "audience_freeze": LEDGER,
    "click_record": LEDGER,
    "consent_choose": LEDGER,
    "consent_record": LEDGER,
    "consent_seal": LEDGER,
    "consent_withdraw_by_link": LEDGER,
    "open_record": LEDGER,
    "own_activity_record": LEDGER,
    "unsubscribe_undo": LEDGER,
    "account_mail_queue": LEDGER,
    "move_mail_queue": LEDGER,
    "privacy_mail_queue": LEDGER,
    "alert_mail_queue": LEDGER,
    "login_alert_raise": "the mail stands among the deliveries",
    "login_alert_here": "the mail stands among the deliveries",
    "login_device_note": "staff_enter writes the log-in",
    "answer_claim": MACHINE,
    "answer_keep": MACHINE,
    "answers_forget": MACHINE,
    "token_seen": "when a token was last used is no change of it",
    "message_queue": LEDGER,
    "message_send_again": "the log of the webhook shows each try",
    "messages_forget": MACHINE,
    "webhook_enqueue": MACHINE,
    "webhook_enqueue_many": MACHINE,
    "webhook_test_send": "the log of the webhook shows each try",
    "export_start": "export_record writes the row with the count when the file is done",
    "external_id_attach": MACHINE,
    "check_start": "the job says who asked; comparing changes nobody's data",
    "rule_keep": "the words of an address, not a change of anything",
    "factor_check": "using a code changes nothing; staff_enter writes the log-in",
    "category_follow": "the category says what fills it, and who saved that",
    "counts_renew": MACHINE,
    "history_announce": MACHINE,
    "history_claim": MACHINE,
    "lock_after_edit": MACHINE,
    "email_mark_verified": MACHINE,
    "job_claim": MACHINE,
    "job_run": MACHINE,
    "job_run_now": MACHINE,
    "job_start": MACHINE,
    "jobs_forget": MACHINE,
    "jobs_run_due": MACHINE,
    "refresh_start": "finding the people of a target again changes no rule",
    "target_refresh": "finding the people of a target again changes no rule",
    "target_listen": MACHINE,
    "target_unlisten": MACHINE,
    "tag_add_many": "the bulk action is one row with its plan",
    "tag_get_or_create": MACHINE,
    "tag_remove_many": "the bulk action is one row with its plan",
}


@dataclass
class Facts:
    file: Path
    is_service: bool
    writes: bool
    audits: bool
    calls: set[str] = field(default_factory=set)


def service_files() -> list[Path]:
    return [
        path
        for path in python_files()
        if "services" in path.relative_to(ROOT).parts[1:-1] or path.name == "services.py"
    ]


def facts_of(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Facts:
    found = Facts(path, _is_service(node), writes=False, audits=False)
    for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
        if isinstance(call.func, ast.Name):
            found.calls.add(call.func.id)
        if isinstance(call.func, ast.Attribute):
            owner = call.func.value
            is_audit = isinstance(owner, ast.Name) and owner.id == "audit"
            found.audits |= is_audit and call.func.attr == "record"
            found.writes |= call.func.attr in WRITES and not is_audit
            if isinstance(owner, ast.Name):
                found.calls.add(call.func.attr)
    return found


def _is_service(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """``<entity>_<verb>(*, …)``: public, of two words or more, by keyword only."""
    return (
        "_" in node.name.strip("_")
        and not node.name.startswith("_")
        and not node.args.args
        and bool(node.args.kwonlyargs)
    )


def all_facts() -> list[tuple[str, Facts]]:
    return [
        (node.name, facts_of(path, node)) for path in service_files() for node in functions(path)
    ]


def reaches(start: Facts, known: list[tuple[str, Facts]], what: str) -> bool:
    """Whether it, or a function of the services that it calls, does this."""
    seen: list[Facts] = []
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if any(one is other for other in seen):
            continue
        seen.append(one)
        if getattr(one, what):
            return True
        for name in one.calls:
            found = [facts for other, facts in known if other == name]
            near = [facts for facts in found if facts.file == one.file]
            waiting += near or found
    return False


def without_a_row() -> set[str]:
    known = all_facts()
    return {
        name
        for name, facts in known
        if facts.is_service
        and reaches(facts, known, "writes")
        and not reaches(facts, known, "audits")
    }


def test_every_service_that_writes_leaves_an_audit_row():
    assert sorted(without_a_row() - EXEMPT.keys()) == []


def test_no_exemption_is_left_over():
    assert sorted(EXEMPT.keys() - without_a_row()) == []


def literal_actions() -> set[str]:
    """The actions that stand as texts in the code; those put together are caught when they run."""
    found = set()
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner, first = node.func.value, node.args[:1]
                is_ours = isinstance(owner, ast.Name) and owner.id == "audit"
                if is_ours and node.func.attr == "record" and isinstance(first[0], ast.Constant):
                    found.add(str(first[0].value))
    return found


def test_every_action_has_its_words():
    written = literal_actions()
    assert len(written) > 15
    assert sorted(written - set(actions)) == []
