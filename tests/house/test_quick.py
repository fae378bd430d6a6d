"""The quick check finds the tests of what changed."""

from __future__ import annotations

from tests.quick import mirrors_of


def test_a_module_is_tested_by_the_file_of_its_name_or_of_its_folder():
    assert mirrors_of(["queries/writes/recipients.py"]) == ["tests/writes/test_recipients.py"]
    assert mirrors_of(["queries/documents/processing/sheet.py"]) == [
        "tests/documents/test_processing.py"
    ]
    assert mirrors_of(["dashboard/views/recipients.py"]) == [
        "tests/dashboard/views/test_recipients.py"
    ]


def test_a_module_with_examples_is_a_test_itself():
    assert mirrors_of(["queries/rules/money.py"]) == [
        "queries/rules/money.py",
        "tests/rules/test_money.py",
    ]


def test_a_changed_test_is_run_and_other_files_have_none():
    changed = ["tests/writes/test_users.py", "tests/factories/sales.py", "README.md"]
    assert mirrors_of(changed) == ["tests/writes/test_users.py"]
