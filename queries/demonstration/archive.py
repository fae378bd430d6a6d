"""Manual material of the demonstration: three rooms, who has their keys, binders of eleven years.

What was kept long enough was destroyed, but for the latest. A few things are not as they should be,
so that the lists of what to mend have something to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from queries.demonstration import feeds
from queries.demonstration.catalogue import STAFF
from queries.demonstration.days import Days
from queries.demonstration.feeds import Rows
from queries.rules.periods import Periods
from queries.rules.retention import FinancialYearSpan
from queries.store.tables import DestructionMethod, PaperKind

_ARCHIVE, _CABINET, _STORE = 1, 2, 3
_ROOMS = (
    ("Arkistohuone", "Toimisto, kellari", "Sarjoitettu lukko, murtohälytys"),
    ("Taloushallinnon kaappi", "Toimisto, 2. kerros", "Lukittava teräskaappi"),
    ("Autotallin hylly", "Piharakennus", None),
)
#: Room, holder, user, reason, and how many days ago the key was handed out and came back.
_KEYS = (
    (_ARCHIVE, "Maija Mänty", "maija", "Arkiston vastuuhenkilö", 2900, None),
    (_ARCHIVE, "Olli Oja", "olli", "Tositteiden arkistointi", 1400, None),
    (_CABINET, "Maija Mänty", "maija", "Palkanlaskenta", 2900, None),
    (_CABINET, "Anna Aalto", "anna", None, 300, None),
    (_ARCHIVE, STAFF[0], None, "Arkiston siirto", 1900, 1840),
)
#: So many days after its deadline paper is destroyed; what is over for less still waits.
_DISPOSED_AFTER = 400
_BINDER, _BOX, _FOLDER = (kind.value for kind in PaperKind)


class _Paper(NamedTuple):
    kind: str
    title: str
    code: str
    starts: date
    ends: date
    room: int | None
    shelf: str | None
    parties: tuple[int, ...] = ()


def file_papers(days: Days, rows: Rows, customers: int) -> int:
    """Make the rows of the archive; return the next number of the series.

    :param customers: how many there are, for paper grows with them, slowly.
    """
    _rooms_and_keys(days, rows)
    years = days.financial_years()
    periods = Periods(tuple(FinancialYearSpan(start, end) for start, end in years))
    add, key = rows.adder(feeds.PAPER_RECORD), rows.keys(feeds.PAPER_RECORD)
    gone = rows.adder(feeds.PAPER_DESTRUCTION)
    told = rows.adder(feeds.PAPER_PARTY)
    there, number = [], 0
    for paper in _papers(days, customers):
        number = key()
        until = periods.keep_until(paper.code, paper.ends)
        filed = _instant(days, paper.ends + timedelta(days=40))
        head = (number, f"M-{number:04}", paper.kind)
        span = (paper.code, paper.starts.isoformat(), paper.ends.isoformat())
        if until is not None and (days.today - until).days > _DISPOSED_AFTER:
            on = (until + timedelta(days=75)).isoformat()
            add((*head, "-", *span, None, None, on, filed))
            gone((number, on, "Olli Oja", DestructionMethod.SHREDDED.value, "Maija Mänty"))
            continue
        add((*head, paper.title, *span, paper.room, paper.shelf, None, filed))
        for party in paper.parties:
            told((number, party))
        there.append(number)
    _loans(days, rows, there)
    return number + 1


def _rooms_and_keys(days: Days, rows: Rows) -> None:
    add, key = rows.adder(feeds.STORAGE_ROOM), rows.keys(feeds.STORAGE_ROOM)
    for name, place, lock in _ROOMS:
        add((key(), name, place, lock, days.instant[0]))
    add, key = rows.adder(feeds.KEY_HOLDER), rows.keys(feeds.KEY_HOLDER)
    for room, name, user, reason, since, until in _KEYS:
        noted = _instant(days, days.today - timedelta(days=until or since))
        add(
            (
                key(),
                room,
                name,
                user,
                reason,
                _ago(days, since),
                None if until is None else _ago(days, until),
                noted,
            )
        )


def _papers(days: Days, customers: int) -> Iterator[_Paper]:
    """Oldest first: by financial year the vouchers, the books and the wages, by year the hours."""
    binders = 1 + (customers // 1000).bit_length()
    for start, end in days.financial_years():
        if start > days.today:
            continue
        name = str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
        old = end.year < days.today.year - 3
        for part in range(1, binders + 1):
            which = f", {part}/{binders}" if binders > 1 else ""
            yield _Paper(
                _BINDER,
                f"Tositteet {name}{which}",
                "voucher",
                start,
                end,
                _ARCHIVE if old else _CABINET,
                f"A {part}",
            )
        yield _Paper(_BINDER, f"Pääkirja ja tilinpäätös {name}", "books", start, end, _ARCHIVE, "B")
        yield _Paper(
            _BINDER, f"Palkkakirjanpito {name}", "payroll_ledger", start, end, _CABINET, "1. hylly"
        )
        year = end.year
        yield _Paper(
            _FOLDER,
            f"Työajat {year}",
            "working_time_record",
            date(year, 1, 1),
            date(year, 12, 31),
            _CABINET,
            "2. hylly",
        )
    last = days.today.year - 1
    first_day, last_day = date(last, 1, 1), date(last, 12, 31)
    yield _Paper(
        _BOX,
        "Toimitilan remontti, suunnitelmat ja laskut",
        "real_estate_investment",
        date(last - 3, 1, 1),
        date(last - 3, 12, 31),
        _STORE,
        None,
    )
    yield _Paper(
        _FOLDER,
        "Allekirjoitetut sopimukset",
        "voucher",
        first_day,
        last_day,
        _CABINET,
        "3. hylly",
        tuple(range(1, min(customers, 3) + 1)),
    )
    yield _Paper(
        _FOLDER,
        f"Messuilla kerätyt käyntikortit {last}",
        "quote_or_lead",
        first_day,
        last_day,
        None,
        None,
    )


def _loans(days: Days, rows: Rows, papers: list[int]) -> None:
    """One loan that is on time, one that is late, and two that came back."""
    add, key = rows.adder(feeds.PAPER_LOAN), rows.keys(feeds.PAPER_LOAN)
    accountant = "Tilitoimisto Mallila"
    for place, who, why, lent, due, back in (
        (-6, accountant, "Tilintarkastus", 420, 390, 395),
        (-5, STAFF[1], "Asiakkaan kysymys laskusta", 60, 46, 58),
        (-5, accountant, "Tilinpäätöksen valmistelu", 40, 10, None),
        (-7, accountant, "Arvonlisäverotarkastus", 6, -15, None),
    ):
        add(
            (
                key(),
                papers[max(place, -len(papers))],
                who,
                why,
                _ago(days, lent),
                _ago(days, due),
                None if back is None else _ago(days, back),
            )
        )


def _ago(days: Days, n: int) -> str:
    return (days.today - timedelta(days=n)).isoformat()


def _instant(days: Days, day: date) -> str:
    return days.instant[min(max((day - days.first).days, 0), days.last)]
