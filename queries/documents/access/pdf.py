"""The access report as a paper: tagged PDF in the person's language."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date
from typing import Any

from queries.documents import words
from queries.documents.access.report import AccessReport, ReportEntry, ReportField, ReportSection
from queries.documents.access.row_retention import Keeping, RowKept
from queries.documents.access.subject_data import Agreed, Disclosed, is_owners_key
from queries.documents.controller_details import authority
from queries.documents.typesetting import facts, heading, items, paper, records, text, typeset
from queries.rules.recipients import needs_basis
from queries.wording import formats

_PAPER_TABLE = "paper_record"

#: Rows that go with the invoice or order that they name.
_PARTS = {"invoice_line", "payment", "work_entry"}


def as_pdf(report: AccessReport) -> bytes:
    """The report as PDF/UA-1; the same report gives the same bytes."""
    return typeset("document", _sheet(report), language=report.language)


def _sheet(report: AccessReport) -> dict[str, Any]:
    def say(key: str, **more: str) -> str:
        return words.phrase(f"report.{key}", report.language).format(**more)

    made_on = formats.day(report.made_on, report.language)
    house = report.controller
    head = [made_on]
    if report.request_number:
        head.append(say("number", number=report.request_number))
    blocks = [
        text(say("confirmed", controller=house.name, day=made_on)),
        facts(
            [
                (say("subject"), report.name),
                (say("controller"), ", ".join(house.lines)),
                (say("contact"), f"{house.contact_name}, {house.reach}"),
            ]
        ),
    ]
    for section in report.sections:
        blocks += _section(section, report.language)
    blocks += [
        heading(say("keeping")),
        items(_keeping(report)),
        heading(say("recipients")),
        *_recipients(report),
        text(_transfers(report)),
        text(say("automated")),
        heading(say("paper")),
        text(_papers(report)),
    ]
    if report.redactions:
        blocks += [heading(say("redactions")), text(say("redactions_why"))]
        blocks.append(items(report.redactions))
    reach = f"{house.email}; {house.name}, {house.street}, {house.post_code} {house.town}"
    blocks += [
        heading(say("rights")),
        items(words.branch("report.rights_list", report.language)),
        text(say("rights_how", reach=reach)),
        heading(say("authority")),
        items(authority(report.language)),
    ]
    return paper(
        title=say("title"),
        author=house.name,
        made_on=report.made_on.isoformat(),
        footer=say("footer", controller=house.name, day=made_on),
        sender=house.lines,
        head=head,
        addressee=(report.name,),
        blocks=blocks,
    )


def _section(section: ReportSection, language: str) -> Iterator[dict[str, Any]]:
    yield heading(section.title)
    for sentence in reasons(section, language):
        yield text(sentence)
    together = len({entry.kept for entry in section.entries}) == 1
    if together:
        yield text(f"{kept_text(section.entries[0].kept, language)}.")
    elif section.table in _PARTS:
        yield text(words.phrase("report.kept_with", language))
    each = not together and section.table not in _PARTS
    yield records(
        [
            (f"{n}.", _entry(section, entry, kept_text(entry.kept, language) if each else ""))
            for n, entry in enumerate(section.entries, start=1)
        ]
    )


def reasons(section: ReportSection, language: str) -> list[str]:
    """Return the purpose, basis and origin of the section's data; one sentence for each."""
    alike: dict[tuple[str, str, str], list[ReportField]] = {}
    for field in section.fields:
        alike.setdefault((field.purpose, field.legal_basis, field.source), []).append(field)
    key = "report.why" if len(alike) == 1 else "report.why_fields"
    return [
        words.phrase(key, language).format(
            fields=", ".join(field.label for field in its),
            purpose=words.phrase(f"record.purposes.{purpose}", language),
            basis=words.phrase(f"record.bases.{basis}", language),
            origin=words.phrase(f"record.origins.{source}", language),
        )
        for (purpose, basis, source), its in alike.items()
    ]


@functools.lru_cache(maxsize=1024)
def kept_text(kept: RowKept, language: str) -> str:
    """Return the end of storage and the law, in words."""
    day = "" if kept.until is None else formats.day(kept.until, language)
    key = f"report.kept_{Keeping(kept.state)}"
    return words.phrase(key, language).format(day=day, citation=kept.citation)


def _keeping(report: AccessReport) -> list[str]:
    """Each law that the report keeps something by, with what it asks for."""
    by_law = sorted(
        {
            (entry.kept.citation, entry.kept.retention_class)
            for section in report.sections
            for entry in section.entries
            if entry.kept.citation
        }
    )
    sentence = words.phrase("report.keeping_reason", report.language)
    laws = [
        sentence.format(
            citation=citation, reason=words.phrase(f"letter.reasons.{code}", report.language)
        )
        for citation, code in by_law
    ]
    return laws or [words.phrase("report.kept_alive", report.language)]


def _entry(section: ReportSection, entry: ReportEntry, kept: str) -> str:
    parts = [
        f"{field.label}: {datum.text}"
        for field, datum in zip(section.fields, entry.data, strict=True)
        if datum.text and not is_owners_key(section.table, field.column)
    ]
    return "; ".join([*parts, kept] if kept else parts)


def _recipients(report: AccessReport) -> Iterator[dict[str, Any]]:
    """Return the recipients of the person's own data, and those with data by an agreement."""
    language = report.language
    if report.recipients:
        sentence = words.phrase("report.recipient", language)
        yield items(
            [
                sentence.format(
                    name=one.name,
                    purpose=one.purpose,
                    country=one.country,
                    what=one.what,
                    day=formats.day(date.fromisoformat(one.on), language),
                )
                + _basis(one, language)
                for one in report.recipients
            ]
        )
    else:
        yield text(words.phrase("report.recipients_none", language))
    if report.agreed:
        yield text(words.phrase("report.agreed", language))
        sentence = words.phrase("report.agreed_recipient", language)
        yield items(
            [
                sentence.format(name=one.name, purpose=one.purpose, country=one.country)
                + (f": {one.what}" if one.what else "")
                + _basis(one, language)
                for one in report.agreed
            ]
        )


def _basis(one: Disclosed | Agreed, language: str) -> str:
    """Return the legal basis for data outside the EU and the EEA (GDPR Art. 15(2))."""
    if not needs_basis(one.country):
        return ""
    if one.transfer_basis is None:
        return words.phrase("report.transfer_unbased", language)
    basis = words.phrase(f"notice.transfer_bases.{one.transfer_basis}", language)
    return words.phrase("report.transfer_basis", language).format(basis=basis)


def _transfers(report: AccessReport) -> str:
    everyone: tuple[Disclosed | Agreed, ...] = (*report.recipients, *report.agreed)
    outside = sorted({one.name for one in everyone if needs_basis(one.country)})
    if not outside:
        return words.phrase("report.transfers_none", report.language)
    return words.phrase("report.transfers", report.language).format(names="; ".join(outside))


def _papers(report: AccessReport) -> str:
    section = report.section(_PAPER_TABLE)
    if section is None:
        return words.phrase("report.paper_none", report.language)
    return words.phrase("report.paper_some", report.language).format(title=section.title)
