"""The plan for companies of YTJ: organisations are completed by their business ID, or added."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.intake.customers import vocabulary
from queries.intake.customers.details import Details, Place
from queries.intake.customers.matching import Register
from queries.intake.customers.merge import Provenance, completion, new_party
from queries.intake.plan import ImportSettings, PlanRow, Reason, RowOutcome
from queries.intake.ytj.reader import CompanyRecord
from queries.rules import identifiers
from queries.rules.countries import FINLAND
from queries.rules.typed_text import has_control
from queries.store.tables import PartyKind, Source

_LONGEST = 200
#: What is going on in a company, by the codes of the service.
_SITUATIONS = {
    "KONK": "company_bankrupt",
    "SELTILA": "company_in_liquidation",
    "SANE": "company_in_restructuring",
}
#: Kinds of addresses abroad are written as the service has them; a Finnish one has five digits.
_LONGEST_POST_CODE = 16


def plan_companies(
    session: Session, companies: tuple[CompanyRecord, ...], settings: ImportSettings, today: date
) -> Iterator[PlanRow]:
    """One row of the plan for each company."""
    read = [_read(company, settings) for company in companies]
    details_read = [one for one in read if isinstance(one, Details)]
    register = Register(session, details_read, dict(settings.matches))
    seen: dict[str | None, int] = {}
    for company, details in zip(companies, read, strict=True):
        if isinstance(details, Reason):
            name = "" if details.code.endswith("identity_code") else (company.name or "")
            yield PlanRow(company.position, RowOutcome.REFUSE, name, reasons=(details,))
        elif details.business_id in seen:
            facts = {"row": seen[details.business_id]}
            yield PlanRow(
                company.position,
                RowOutcome.REFUSE,
                details.name or "",
                reasons=(Reason("twice_in_file", facts),),
            )
        else:
            seen[details.business_id] = company.position
            yield _planned(company, details, register, settings, today)


def _unfit_text(company: CompanyRecord, settings: ImportSettings) -> Reason | None:
    """Return why the company's texts are not stored."""
    place = company.address
    texts = [company.name, *(() if place is None else (place.street, place.town))]
    for text in texts:
        certain = {one.certainty for one in identifiers.find_personal_identity_codes(text)}
        if "valid" in certain:
            return Reason("personal_identity_code", {"column": "YTJ"})
        if certain and not settings.accept_suspect:
            return Reason("suspect_identity_code", {"column": "YTJ"})
    if any(has_control(text or "") for text in texts):
        return Reason("control_character", {"column": "YTJ"})
    return None


def _read(company: CompanyRecord, settings: ImportSettings) -> Details | Reason:
    place = company.address
    if (unfit := _unfit_text(company, settings)) is not None:
        return unfit
    try:
        business_id = identifiers.business_id(company.business_id)
    except InvalidInput as error:
        return Reason("value", {"column": "businessId", "rule": f"{error.field}.{error.code}"})
    if company.name is None:
        return Reason("element_missing", {"element": "names"})
    if len(company.name) > _LONGEST or (place is not None and len(place.street) > _LONGEST):
        return Reason("too_long", {"column": "YTJ", "longest": _LONGEST, "length": _LONGEST + 1})
    return Details(
        name=company.name,
        kind=PartyKind.ORGANISATION,
        business_id=business_id,
        is_customer=not settings.as_partner,
        is_partner=settings.as_partner,
        place=None if place is None else _place(company),
    )


def _place(company: CompanyRecord) -> Place | None:
    address = company.address
    if address is None:
        return None
    try:
        country = vocabulary.country(address.country)
        post_code = address.post_code
        if country in FINLAND and post_code:
            post_code = identifiers.post_code(post_code)
    except InvalidInput:
        return None
    town = address.town[:100] if address.town else None
    return Place(address.street, (post_code or "")[:_LONGEST_POST_CODE] or None, town, country)


def _planned(
    company: CompanyRecord,
    details: Details,
    register: Register,
    settings: ImportSettings,
    today: date,
) -> PlanRow:
    provenance = Provenance(Source.YTJ, today)
    notes = [
        Reason(
            _SITUATIONS.get(code, "company_situation"), {"situation": code, "since": since or "–"}
        )
        for code, since in company.situations
    ]
    if company.has_no_name:
        notes.append(Reason("company_name_ended"))
    if company.is_ceased:
        facts = {} if company.ended_on is None else {"ended_on": company.ended_on}
        notes.append(Reason("company_ceased_on" if facts else "company_ceased", facts))
    if company.address is not None and details.place is None:
        notes.append(Reason("address_left_out"))
    match = register.match(details, company.position)
    notes += match.notes
    if match.reason is not None:
        return PlanRow(
            company.position,
            RowOutcome.REFUSE,
            details.name or "",
            reasons=(match.reason,),
            notes=tuple(notes),
            suggested=match.suggestions(),
        )
    if match.party is None and company.is_ceased:
        return PlanRow(
            company.position,
            RowOutcome.REFUSE,
            details.name or "",
            reasons=(Reason("ceased_not_added"),),
            notes=tuple(notes),
        )
    if match.party is None:
        steps, differences = new_party(details, provenance)
        return PlanRow(
            company.position,
            RowOutcome.CREATE,
            details.name or "",
            reasons=(Reason("not_found"),),
            notes=tuple(notes),
            differences=differences,
            steps=steps,
            suggested=match.suggestions(),
        )
    known = match.party
    # Completing says nothing of the role: a partner does not become a customer by it.
    known.columns.update(is_customer=True, is_partner=True)
    steps, differences = completion(details, known, provenance, overwrite=settings.overwrite)
    reasons = [Reason(f"matched_by_{match.by}")]
    if not steps:
        reasons.append(Reason("differs_kept" if differences else "already_so"))
    return PlanRow(
        company.position,
        RowOutcome.CHANGE if steps else RowOutcome.SKIP,
        details.name or "",
        party_id=known.id,
        party_name=known.columns["name"],
        reasons=tuple(reasons),
        notes=tuple(notes),
        differences=differences,
        steps=steps,
        suggested=match.suggestions(),
    )
