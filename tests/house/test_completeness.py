"""Completeness of a change: each test names what was forgotten elsewhere.

A new enum, page, role or retention class is written down here once: where it is shown, or
why it is not.
"""

from __future__ import annotations

import ast
import enum
import importlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, inspect

from dashboard.navigation import PAGES, SECTIONS
from dashboard.views.retention.forecast_chart import COLOURS
from dashboard.words import LANGUAGES, has_word
from queries.documents import words as documents
from queries.reads.retention.figures import PARTY_CLASS
from queries.rules.paper import PAPER_CLASSES
from queries.rules.requests import ANSWERED_BY, ANSWERS_NO_RIGHT, COVERS, LetterKind
from queries.rules.roles import ROLES, Permission, Role
from queries.rules.statutes import OWN_CLASSES, STATUTES
from queries.store.migrate import newest_revision
from queries.store.retention.series import SERIES
from queries.store.tables import Base

ROOT = Path(__file__).parents[2]


# CHECK constraints


def test_the_migrated_store_has_the_checks_of_the_tables(store):
    """Alembic's own comparison leaves checks out."""
    there = inspect(store.engine)
    wanted = {
        f"{table.name}.{check.name}"
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    found = {
        f"{table}.{check['name']}"
        for table in Base.metadata.tables
        for check in there.get_check_constraints(table)
    }
    assert {"forgotten": wanted - found, "too many": found - wanted} == {
        "forgotten": set(),
        "too many": set(),
    }


def test_every_code_fits_its_column():
    """SQLite stores a longer one all the same; PostgreSQL refuses it at the first save."""
    listed = [
        (column, re.findall(r"'(\w+)'", codes))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
        for name, codes in re.findall(r"^(\w+) IN \((.*)\)$", str(check.sqltext))
        for column in [table.columns[name]]
    ]
    assert len(listed) > 40
    too_long = {
        f"{column.table.name}.{column.name}: {code}"
        for column, codes in listed
        for code in codes
        if len(code) > column.type.length
    }
    assert too_long == set()


def test_the_changes_name_the_newest_migration():
    """Who installs a new version has to know that `migrate` is needed."""
    assert newest_revision() in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# Words of enums

_IN_THE_FILE = "is written to a file for programs, or is read from one"
_IN_A_SENTENCE = "each member has a sentence of its own, which a page chooses"
_INSIDE = "decides what the program does; nobody reads it"

#: Each enum by the places of its words: on the screen, and in documents (after ``documents:``).
#: Of the places that end in ``*`` only one needs the member's word.
SHOWN: dict[str, tuple[str, ...]] = {
    "queries.documents.notice.check.Weight": ("notice_check",),
    "queries.intake.mailing.tools.MailingList": ("import.mailing", "import.forms"),
    "queries.intake.plan.NameOrder": ("import.name_orders",),
    "queries.intake.plan.RowOutcome": (
        "import.outcomes",
        "import.counts",
        "imports.outcomes",
        "imports.counts",
    ),
    "queries.reads.customers.customer_list.CustomerSort": ("sorts",),
    "queries.reads.customers.customer_list.PartyRole": ("roles_of_party",),
    "queries.reads.paper.records.PaperState": ("paper_states",),
    "queries.reads.retention.figures.RetentionState": ("retention", "retention_states"),
    "queries.reads.retention.reasons.Event": ("why*", "why_party*"),
    "queries.reads.sales.invoice_list.Age": ("ages",),
    "queries.reads.sales.invoice_list.InvoiceSort": ("invoice_sorts",),
    "queries.reads.sales.invoice_list.InvoiceState": ("invoice_states",),
    "queries.reads.sales.order_list.OrderSort": ("order_sorts",),
    "queries.reads.sales.order_list.OrderState": ("order_states",),
    "queries.rules.notice.Safeguard": ("safeguards", "documents:notice.protection"),
    "queries.rules.personal_data_types.LegalBasis": ("documents:notice.bases",),
    "queries.rules.personal_data_types.ProcessingPurpose": (
        "notice_topics.purposes",
        "documents:notice.purposes",
    ),
    "queries.rules.recipients.Agreement": ("agreements",),
    "queries.rules.recipients.RecipientKind": ("recipient_kinds",),
    "queries.rules.recipients.RecipientRole": ("recipient_roles", "recipient_roles_short"),
    "queries.rules.recipients.TransferBasis": (
        "transfer_bases",
        "transfer_bases_short",
        "documents:notice.transfer_bases",
    ),
    "queries.rules.requests.Asked": (
        "asked",
        "notice_check.parts",
        "documents:record.values.asked",
    ),
    "queries.rules.requests.IdentityMethod": ("identity_methods",),
    "queries.rules.requests.LetterKind": (
        "letter_kinds",
        "documents:record.values.of.request_letter.kind",
    ),
    "queries.rules.requests.RequestChannel": (
        "request_channels",
        "documents:record.values.channel",
    ),
    "queries.rules.roles.Role": ("user_roles",),
    "queries.store.integrity.IntegrityPart": ("cli.check.parts",),
    "queries.store.retention.eligibility.Stays": ("disposal_reasons",),
    "queries.store.tables.base.Purpose": ("purposes", "documents:record.values.purpose"),
    "queries.store.tables.base.Source": ("sources", "documents:record.values.source"),
    "queries.store.tables.billing.InvoiceKind": ("invoice_kinds", "happenings"),
    "queries.store.tables.billing.InvoiceStatus": ("invoice_states",),
    "queries.store.tables.house.TrailKind": ("trail_kinds",),
    "queries.store.tables.newsletter.MarketingBasis": (
        "newsletter.laws",
        "newsletter.rights",
        "newsletter.lists",
    ),
    "queries.store.tables.notice.ToldHow": ("told_how",),
    "queries.store.tables.paper.DestructionMethod": ("destruction_methods",),
    "queries.store.tables.paper.PaperKind": ("paper_kinds",),
    "queries.store.tables.parties.BillingMethod": ("billing_methods",),
    "queries.store.tables.parties.Language": (
        "languages",
        "notice.words_in",
        "documents:record.values.language",
    ),
    "queries.store.tables.parties.PartyKind": ("kinds", "newsletter.relation_about"),
    "queries.store.tables.parties.PartyStatus": ("statuses",),
    "queries.store.tables.requests.AskedStatus": ("asked_statuses",),
    "queries.store.tables.requests.Registered": ("registered",),
    "queries.store.tables.retention.HoldScope": ("holds", "restored.scope"),
    "queries.store.tables.retention.ItemKind": ("file_kinds", "file_kinds_brief"),
    "queries.store.tables.retention.RunStatus": ("run_statuses",),
    "queries.store.tables.sales.OrderStatus": ("order_statuses",),
    "queries.store.tables.sales.Unit": ("units", "unit_marks", "documents:record.values.unit"),
    "queries.store.tables.sales.VatCategory": (
        "vat_categories",
        "documents:record.values.vat_category",
    ),
}

#: Members that one of the places has no word for, with the reason.
WITHOUT_WORD = {
    ("documents:notice.purposes", "security"): "of the users' data; the notice is the customers'"
}

NOT_SHOWN: dict[str, str] = {
    "queries.demonstration.plan.Fate": _INSIDE,
    "queries.documents.access.row_retention.Keeping": _IN_THE_FILE,
    "queries.documents.notice.differences.Change": "shown as a sign and a colour",
    "queries.intake.invoices.finvoice_elements.Treatment": _IN_A_SENTENCE,
    "queries.intake.mailing.tools.MailingPermission": _IN_A_SENTENCE,
    "queries.intake.readers.given_file.Content": _IN_THE_FILE,
    "queries.rules.personal_data_types.From": _IN_A_SENTENCE,
    "queries.rules.roles.Permission": "a refusal says that the role may not, and no more",
    "queries.rules.statutes.Formula": _IN_A_SENTENCE,
    "queries.rules.statutes.Trigger": _INSIDE,
    "queries.store.backup.lawfulness.ErasureProof": _INSIDE,
    "queries.store.backup.ledger_marks.Bond": _IN_A_SENTENCE,
    "queries.store.driver_errors.DriverError": _IN_A_SENTENCE,
    "queries.store.named_locks.NamedLock": _INSIDE,
    "queries.store.tables.billing.InvoiceOrigin": _INSIDE,
    "queries.store.tables.requests.RequestStatus": _IN_A_SENTENCE,
    "queries.store.tables.requests.RestrictionBasis": _IN_A_SENTENCE,
    "queries.store.tables.requests.SuppressionKind": _INSIDE,
    "queries.store.tables.retention.Outcome": _IN_A_SENTENCE,
}


def enums() -> Iterator[type[enum.Enum]]:
    for folder in ("queries", "dashboard"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "Enum)" not in text:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for value in vars(importlib.import_module(name)).values():
                own = getattr(value, "__module__", None) == name
                if own and isinstance(value, type) and issubclass(value, enum.Enum):
                    yield value


ENUMS = {f"{kind.__module__}.{kind.__name__}": kind for kind in enums()}


def in_documents(key: str, language: str) -> bool:
    try:
        documents.phrase(key, language)
    except KeyError:
        return False
    return True


def has(place: str, code: str, language: str) -> bool:
    where, _, key = place.rpartition(":")
    known = in_documents if where else has_word
    return known(f"{key}.{code}", language)


def test_every_enum_is_shown_or_says_why_it_is_not():
    named = SHOWN.keys() | NOT_SHOWN.keys()
    assert {"forgotten": ENUMS.keys() - named, "gone": named - ENUMS.keys()} == {
        "forgotten": set(),
        "gone": set(),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_of_a_shown_enum_has_its_word(language):
    forgotten = set()
    for name, places in SHOWN.items():
        shared = [place.removesuffix("*") for place in places if place.endswith("*")]
        own = [place for place in places if not place.endswith("*")]
        for member in ENUMS[name]:
            code = str(member.value)
            forgotten |= {
                f"{place}.{code}"
                for place in own
                if not has(place, code, language) and (place, code) not in WITHOUT_WORD
            }
            if shared and not any(has(place, code, language) for place in shared):
                forgotten.add(f"{' or '.join(shared)}: {code}")
    assert forgotten == set()


# Roles


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_has_a_label_and_its_rights(language):
    assert {role for role in Role if not has_word(f"user_roles.{role}", language)} == set()
    assert set(Role) - ROLES.keys() == set()


def test_each_role_has_every_right_of_the_role_before_it():
    """A restore gives a user the earlier of two roles, as the one with fewer rights. A role with
    rights that a later one lacks needs another rule in ``queries.store.backup.carry_permissions``.
    """
    pairs = pairwise(Role)
    assert {(one, other) for one, other in pairs if not ROLES[one] <= ROLES[other]} == set()


def test_the_guide_says_what_each_role_may():
    guide = (ROOT / "dashboard" / "README.md").read_text(encoding="utf-8")
    table = guide.partition("| Role | May |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (\w+) \|", table, re.MULTILINE) == list(Role)


def test_every_right_is_some_roles():
    assert set(Permission) - {right for rights in ROLES.values() for right in rights} == set()


# Letters

#: Papers that another command sends, or that are sent with another.
WITH_A_COMMAND = {
    LetterKind.EXTENSION: "extend_request",
    LetterKind.REFUSED: "refuse_right",
    LetterKind.NOT_IN_REGISTER: "answer_not_in_register",
    LetterKind.RESTRICTION_LIFTED: "lift_restriction",
    LetterKind.RECIPIENTS_TOLD: "goes along with the answer",
    LetterKind.BEFORE: "is filed by the correction itself",
}


def test_every_letter_is_sent_by_some_command():
    """A letter that no command takes can be prepared on a page, and its sending not recorded."""
    sent = [*ANSWERED_BY.values(), *COVERS.values(), *ANSWERS_NO_RIGHT, *WITH_A_COMMAND]
    assert {kind for kind in LetterKind if kind not in sent} == set()


def test_every_letter_that_answers_no_right_is_made_on_a_page():
    pages = (ROOT / "dashboard" / "views" / "requests").glob("*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in pages)
    made = re.findall(r"LetterKind\.(\w+)", source)
    assert {kind.name for kind in ANSWERS_NO_RIGHT if kind.name not in made} == set()


# Retention classes

CLASSES = [rule.code for rule in (*STATUTES, *OWN_CLASSES)]
_FEW = "hardly ever comes: it has the grey of the rest"
#: Classes that the forecast shows without a colour of their own.
WITHOUT_COLOUR = {
    "claim": _FEW,
    "contact_without_transaction": _FEW,
    "oss_record": _FEW,
    "sign_in_record": _FEW,
}
#: Classes without a law that a sentence cites.
WITHOUT_LAW = {"newsletter": "its consent says itself by which law it is kept"}
#: Classes of which no disposal erases files, so that no certificate names them.
NOT_DISPOSED_OF = {"newsletter": "a subscription is removed when its consent is withdrawn"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_retention_class_has_its_words(language):
    titles = {f"retention_classes.{code}" for code in (*CLASSES, PARTY_CLASS)}
    laws = {f"laws.{code}" for code in CLASSES if code not in WITHOUT_LAW}
    assert {key for key in titles | laws if not has_word(key, language)} == set()
    said = {f"notice.retention.{code}" for code in CLASSES}
    said |= {f"letter.reasons.{code}" for code in CLASSES}
    said |= {f"certificate.classes.{code}" for code in CLASSES if code not in NOT_DISPOSED_OF}
    said |= {f"record.values.of.paper_record.class_code.{code}" for code in PAPER_CLASSES}
    assert {key for key in said if not in_documents(key, language)} == set()


def test_every_class_of_the_forecast_has_a_colour():
    drawn = {series.code for series in SERIES} | {PARTY_CLASS}
    assert drawn - COLOURS.keys() - WITHOUT_COLOUR.keys() == set()
    assert (COLOURS.keys() | WITHOUT_COLOUR.keys()) - drawn == set()
    assert len(set(COLOURS.values())) == len(COLOURS)


# Pages


def draws(path: Path) -> bool:
    """Check if running the file draws something: it calls or branches at module level."""
    return any(
        isinstance(node, (ast.If, ast.With, ast.For, ast.Match))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


def test_every_file_that_draws_a_page_is_in_the_registry():
    views = ROOT / "dashboard" / "views"
    drawn = {path for path in views.rglob("*.py") if draws(path)}
    known = {page.path for page in PAGES.values()}
    assert {"forgotten": drawn - known, "no page": known - drawn} == {
        "forgotten": set(),
        "no page": set(),
    }


def test_no_address_is_of_two_pages():
    assert len(PAGES) == sum(len(pages) for pages in SECTIONS.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_section_has_its_title(language):
    keys = {f"pages.{name}" for name in PAGES} | {f"sections.{name}" for name in SECTIONS if name}
    assert {key for key in keys if not has_word(key, language)} == set()
