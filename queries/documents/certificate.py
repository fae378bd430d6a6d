"""The certificate of a disposal: what was erased, by which rules, who decided, when; nobody's
data.

Generated from the run and its items whenever it is needed. On paper (PDF/UA) and as JSON, with
the same facts. It names the company's own people who decided, as evidence of a disposal must
(GDPR Art. 5(2)); of the people whose records went it says how many there were.
"""

from __future__ import annotations

import json
from typing import Any

from queries.documents.typesetting import facts, heading, paper, table, text, typeset
from queries.documents.words import branch, phrase
from queries.reads.retention.disposals import Group, Review
from queries.rules.calendar_fi import helsinki_day
from queries.wording.formats import day, euros, instant, number

#: The version of the JSON's form, for its readers.
FORM = "asiakasrekisteri/disposal-certificate/2"


def as_json(review: Review) -> bytes:
    """The certificate as JSON (UTF-8): codes, ISO 8601 days and instants, counts."""
    run = review.run
    said: dict[str, Any] = {
        "form": FORM,
        "disposal": run.id,
        "as_of": run.as_of.isoformat(),
        "proposed": {"by": run.proposed_by, "at": run.proposed_at.isoformat()},
        "approved": {"by": run.approved_by, "at": _iso(run.approved_at)},
        "finished_at": _iso(run.finished_at),
        "proposed_files": review.count,
        "disposed_files": review.gone,
        "removed_before_files": review.removed,
        "kept_files": review.stayed,
        "files": [
            {
                "kind": group.kind,
                "retention_class": group.class_code,
                "rule": group.rule,
                "first_event": group.first_event.isoformat(),
                "last_event": group.last_event.isoformat(),
                "proposed": group.count,
                "disposed": group.gone,
                "removed_before": group.removed,
                "kept": group.stayed,
            }
            for group in review.groups
        ],
        "kept_because": [
            {
                "kind": kind,
                "reason": code,
                "retention_class": about or None,
                "keep_until": until or None,
                "files": count,
            }
            for kind, reason, count in review.reasons
            for code, about, until in [parts(reason)]
        ],
        "sums_cents": dict(review.sums),
        "rows": run.rows,
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def as_pdf(review: Review, *, language: str, house: str) -> bytes:
    """Return the certificate on paper, PDF/UA-1.

    :param house: the controller's name.
    """
    run = review.run

    def said(key: str) -> str:
        return phrase(f"certificate.{key}", language)

    decided = [
        (said("number"), str(run.id)),
        (said("as_of"), day(run.as_of, language)),
        (said("proposed"), f"{run.proposed_by}, {instant(run.proposed_at, language)}"),
    ]
    if run.approved_by and run.approved_at:
        decided.append(
            (said("approved"), f"{run.approved_by}, {instant(run.approved_at, language)}")
        )
    if run.finished_at:
        decided.append((said("finished"), instant(run.finished_at, language)))
    counts = [
        (said("proposed_files"), number(review.count, language)),
        (said("disposed_files"), number(review.gone, language)),
        (said("kept_files"), number(review.stayed, language)),
    ]
    if review.removed:
        counts.insert(2, (said("removed_before"), number(review.removed, language)))
    counts += [
        (said(f"sums.{name}"), euros(cents, language)) for name, cents in review.sums.items()
    ]
    blocks = [
        facts(decided),
        text(said("about")),
        heading(said("counts")),
        facts(counts),
        table(
            [
                said(f"columns.{name}")
                for name in ("kind", "class", "rule", "events", "disposed", "kept")
            ],
            [_line(group, language) for group in review.groups],
            widths=(4, 4, 5, 4, 2, 2),
        ),
    ]
    if review.reasons:
        blocks += [heading(said("kept_because")), _kept(review, language)]
    elif not review.removed:
        blocks.append(text(said("all_went")))
    blocks += [
        heading(said("rows")),
        facts(
            [
                (branch("certificate.tables", language).get(name, name), number(count, language))
                for name, count in sorted(run.rows.items())
            ]
        ),
    ]
    blocks.append(text(said("remains")))
    finished = run.finished_at or run.proposed_at
    return typeset(
        "document",
        paper(
            title=said("title"),
            author=house,
            made_on=helsinki_day(finished).isoformat(),
            footer=said("footer").format(house=house, number=run.id),
            blocks=blocks,
            sender=[house],
        ),
        language=language,
    )


def parts(reason: str) -> tuple[str, str, str]:
    """A reason's code, the class that it is about, and the last day kept; empty where none is.

    >>> parts("still_retained:voucher:2031-12-31")
    ('still_retained', 'voucher', '2031-12-31')
    >>> parts("hold")
    ('hold', '', '')
    """
    code, about, until = [*reason.split(":"), "", ""][:3]
    return code, about, until


def _kept(review: Review, language: str) -> dict[str, Any]:
    rows: dict[tuple[str, str, str], int] = {}
    for kind, reason, count in review.reasons:
        code, about, _until = parts(reason)
        rows[kind, code, about] = rows.get((kind, code, about), 0) + count
    columns = [
        phrase(f"certificate.columns.{name}", language)
        for name in ("kind", "reason", "class", "kept")
    ]
    return table(
        columns,
        [
            [
                phrase(f"certificate.kinds.{kind}", language),
                phrase(f"certificate.reasons.{code}", language),
                _named("classes", about, language),
                number(count, language),
            ]
            for (kind, code, about), count in rows.items()
        ],
        widths=(4, 6, 4, 2),
    )


def _line(group: Group, language: str) -> list[str]:
    days = [day(group.first_event, language), day(group.last_event, language)]
    return [
        phrase(f"certificate.kinds.{group.kind}", language),
        _named("classes", group.class_code, language),
        group.rule,
        "–".join(dict.fromkeys(days)),
        number(group.gone, language),
        number(group.stayed, language),
    ]


def _named(area: str, code: str, language: str) -> str:
    named: str = branch(f"certificate.{area}", language).get(code, code)
    return named


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()
