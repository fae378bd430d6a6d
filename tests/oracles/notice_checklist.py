"""Every letter of GDPR Art. 13(1)-(2) and 14(1)-(2), and the statements that answer it.

A letter with several statements needs each of them; one of those parted by ``|`` is enough, and
``section.`` means any statement of the section.
"""

from __future__ import annotations

from queries.documents.notice import Notice

CHECKLIST = {
    "13(1)(a)": ("controller.identity", "controller.reach", "controller.contact"),
    "13(1)(b)": ("controller.officer",),
    "13(1)(c)": ("purposes.",),
    "13(1)(d)": ("interests.",),
    "13(1)(e)": ("recipients.none|recipients.intro", "recipients.authorities"),
    "13(1)(f)": ("transfers.none|transfers.copy",),
    "13(2)(a)": ("retention.intro", "retention.party", "retention.voucher"),
    "13(2)(b)": (
        "rights.access",
        "rights.rectification",
        "rights.erasure",
        "rights.restriction",
        "objection.interest",
        "rights.portability",
    ),
    "13(2)(c)": ("rights.withdrawal",),
    "13(2)(d)": ("authority.complaint",),
    "13(2)(e)": ("required.contract", "required.law", "required.voluntary"),
    "13(2)(f)": ("automated.none|automated.own",),
    "14(1)(a)": ("controller.identity", "controller.reach"),
    "14(1)(b)": ("controller.officer",),
    "14(1)(c)": ("purposes.",),
    "14(1)(d)": ("categories.identity", "categories.contact"),
    "14(1)(e)": ("recipients.none|recipients.intro", "recipients.authorities"),
    "14(1)(f)": ("transfers.none|transfers.copy",),
    "14(2)(a)": ("retention.intro", "retention.party", "retention.voucher"),
    "14(2)(b)": ("interests.",),
    "14(2)(c)": (
        "rights.access",
        "rights.rectification",
        "rights.erasure",
        "rights.restriction",
        "objection.interest",
        "rights.portability",
    ),
    "14(2)(d)": ("rights.withdrawal",),
    "14(2)(e)": ("authority.complaint",),
    "14(2)(f)": ("sources.person", "sources.house", "sources.bank"),
    "14(2)(g)": ("automated.none|automated.own",),
}


def missing_letters(notice: Notice) -> tuple[str, ...]:
    """The letters that the notice does not answer; none when it is whole."""
    codes = {statement.code for statement in notice.statements}
    sections = {f"{statement.section}." for statement in notice.statements}

    def answered(wanted: str) -> bool:
        return any(code in codes or code in sections for code in wanted.split("|"))

    return tuple(letter for letter, needed in CHECKLIST.items() if not all(map(answered, needed)))
