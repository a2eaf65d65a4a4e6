"""What must hold of people, I1 to I27 of the rule book: which test shows each, or whose it will be."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.feature("BX14")
TESTS = Path(__file__).parents[1]
LIFE = "invariants/test_life_of_people.py::test_what_must_hold_of_people_holds_whatever_happens"
SHOWN = {
    "I1 one live record an address, aliases included": [
        LIFE,
        "merging/test_merge_races.py::test_a_chain_that_two_people_make_at_once_has_no_circle",
    ],
    "I3 who became a customer carries since when": [
        "customers/test_stages.py::test_a_lead_becomes_a_customer_once_and_the_first_reason_stays",
    ],
    "I5 no number of orders changes a locked record": [
        "customers/test_locks.py::test_i5_no_number_of_orders_changes_a_locked_record",
    ],
    "I13 merge then undo is byte-equal": [
        "merging/test_merge_property.py::test_everything_comes_apart_again",
    ],
    "I15 applied is what was reviewed; twice changes nothing": [
        "imports/test_plan.py::test_who_changed_after_the_review_is_held_back",
        "imports/test_plan.py::test_a_plan_is_applied_once",
        "imports/test_real_exports.py"
        "::test_all_go_in_once_but_eleven_rows_each_with_line_column_and_reason",
    ],
    "I16 an export comes back with the same rows": [
        "imports/test_export.py::test_an_export_goes_into_an_empty_database_and_comes_out_the_same",
    ],
    "I17 no exported cell is a formula": [
        "imports/test_export.py::test_a_guarded_text_is_no_formula_and_reads_back",
        "imports/test_export.py::test_no_cell_of_a_spreadsheet_is_a_formula",
    ],
    "I18 no marketing mail without the newest consent": [
        "messaging/test_sending.py::test_who_leaves_after_the_freeze_gets_nothing",
        "invariants/test_invariants.py::test_damage_is_reported",
    ],
    "I19 no import or merge subscribes who unsubscribed": [
        "imports/test_plan.py"
        "::test_whoever_withdrew_is_never_subscribed_again_without_a_later_date",
        "imports/test_consent_property.py::test_i19_who_unsubscribed_stays_so_whatever_comes_in",
    ],
    "I20 nobody learns who has an account": [
        "accounts/test_storefront.py::test_every_wrong_login_gets_the_same_answer",
        "accounts/test_storefront.py::test_asking_for_a_link_does_the_same_for_every_address",
        "accounts/test_storefront.py::test_the_time_of_an_answer_tells_nothing",
    ],
    "I22 closed accounts have no session": [
        LIFE,
        "imports/test_undo.py::test_whom_a_file_deactivates_has_no_open_session",
    ],
    "I23 memberships are a fresh evaluation": [
        "targets/test_differential.py::test_every_rule_finds_the_people_that_the_judge_finds",
    ],
    "I24 Cancel, Clear, chips and address say the same": [
        "targets/test_list_filter.py"
        "::test_the_chip_leads_back_to_the_conditions_and_cancel_to_the_list",
        "targets/test_list_filter.py::test_clear_removes_chips_search_and_conditions",
    ],
    "I25 no search ends in an error or shows everybody": [
        "customers/test_search.py::test_wildcards_alone_restrict_nothing",
        "customers/test_search.py::test_a_search_has_its_limits",
    ],
    "I26 of the erased nothing is left": [
        "privacy/test_erasure.py::test_nothing_is_left_in_any_column_or_file",
    ],
    "I27 every staff action is in the trail": [
        "architecture/test_audit_rule.py::test_every_service_that_writes_leaves_an_audit_row",
    ],
}
# The apps that bring what these speak of bring their tests.
LATER = {
    "forms_builder": {4},
    "commerce": {2, 6, 7, 8, 9, 10, 11, 12, 14, 21},
}


def named_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_has_its_test_or_its_later_app() -> None:
    shown = [int(name.split(" ")[0].removeprefix("I")) for name in SHOWN]
    later = [number for numbers in LATER.values() for number in numbers]
    assert sorted(shown + later) == list(range(1, 28))


def test_an_app_that_is_here_waits_no_more() -> None:
    assert not [app for app in LATER if (TESTS.parent / app).exists()]


@pytest.mark.parametrize("name", SHOWN)
def test_the_named_test_is_there(name: str) -> None:
    for one in SHOWN[name]:
        file, test = one.split("::")
        assert test in named_in(file), one
