"""Sources of data, people to inform of them, and the letter that does so."""

from __future__ import annotations

from datetime import date

import pytest

from queries.documents.letters.provenance import source_letter
from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.paging import Total
from queries.reads.provenance import (
    ToldRow,
    from_elsewhere,
    reminder_figures,
    source_counts,
    source_notices_of,
    source_reminders,
    unknown_list,
    unknown_sources,
)
from queries.rules.deadlines import source_notice_due, source_notice_overdue
from queries.writes.notice.told import NoteTold, RetractTold, note_told, retract_told
from tests.factories.records import (
    MAKER,
    TODAY,
    make_address,
    make_email,
    make_party,
    make_person,
    make_phone,
)
from tests.support.pdf_text import squeezed, words_of
from tests.support.statements import statements, whole_tables_read
from tests.support.trails import everything, trail_of

#: 2.2.2026 + 1 month = 2.3.2026: late on 5.3.2026. 10.2. + 1 month = 10.3.: soon.
LATE, SOON, FRESH = date(2026, 2, 2), date(2026, 2, 10), date(2026, 3, 4)


def from_ytj(store, since: date, given_name: str = "Aino", source: str = "ytj") -> int:
    party = make_person(store, given_name)
    return make_address(store, party, source=source, sourced_on=since)


def test_an_overdue_day_is_the_last_whose_month_is_over():
    for day in range(1, 32):
        today = date(2026, 5, day)
        latest = source_notice_overdue(today)
        assert source_notice_due(latest) < today
        after = latest.replace(day=latest.day + 1) if latest.day < 28 else None
        assert after is None or source_notice_due(after) >= today


def test_who_is_told_by_when(store, viewer, now):
    for since, name in ((LATE, "Aino"), (SOON, "Bertta"), (FRESH, "Cecilia")):
        from_ytj(store, since, name)
    make_address(store, make_party(store), source="ytj", sourced_on=LATE)  # an organisation
    with store.reading(viewer, now=now) as session, statements(store.engine) as seen:
        page = source_reminders(session, today=TODAY)
        assert len(seen) == 2
        figures = reminder_figures(session, today=TODAY)
        assert len(seen) == 6
        assert reminder_figures(session, today=date(2026, 3, 2)).overdue == Total(0)
    assert [(row.name, row.source, row.due, row.days_left) for row in page.rows] == [
        ("Aino Esimerkki", "ytj", date(2026, 3, 2), -3),
        ("Bertta Esimerkki", "ytj", date(2026, 3, 10), 5),
        ("Cecilia Esimerkki", "ytj", date(2026, 4, 7), 33),
    ]
    assert (figures.waiting, figures.soon, figures.overdue, figures.first_due) == (
        Total(3),
        Total(1),
        Total(1),
        date(2026, 3, 2),
    )
    if store.engine.dialect.name == "sqlite":
        assert whole_tables_read(store.engine, seen) == []


def test_reminders_are_paged_by_key(store, viewer, now):
    for day in (5, 3, 3, 4):
        from_ytj(store, date(2026, 2, day))
    with store.reading(viewer, now=now) as session:
        first = source_reminders(session, today=TODAY, size=3)
        rest = source_reminders(session, today=TODAY, size=3, after=first.next_key)
        back = source_reminders(session, today=TODAY, size=3, before=rest.previous_key)
    days = [row.since.day for row in (*first.rows, *rest.rows)]
    assert (days, first.total, rest.next_key, back.rows) == (
        [3, 3, 4, 5],
        Total(4),
        None,
        first.rows,
    )


def test_that_somebody_was_told_is_noted_once(store, office, now):
    aino, bertta = from_ytj(store, LATE), from_ytj(store, LATE, "Bertta", "third_party")
    inputs = NoteTold(ids=(1,), told_on=TODAY, how="post")
    store.carry_out(note_told, inputs, actor=office, now=now)
    again = NoteTold(ids=(1, 2), told_on=date(2026, 3, 1), how="phone")
    store.carry_out(note_told, again, actor=MAKER, now=now)
    with store.reading(office, now=now) as session:
        assert source_notices_of(session, aino) == (
            ToldRow(1, "ytj", LATE, date(2026, 3, 2), TODAY, "olli", "post"),
        )
        assert [row.how for row in source_notices_of(session, bertta)] == ["phone"]
        assert source_reminders(session, today=TODAY).rows == ()
        assert reminder_figures(session, today=TODAY).first_due is None
    assert trail_of(store, "source_notice") == [
        ("note_told", 1, aino, "olli", ["how", "told_by", "told_on"]),
        ("note_told", 2, bertta, "tekija", ["how", "told_by", "told_on"]),
    ]
    before = everything(store)
    store.carry_out(note_told, again, actor=MAKER, now=now)
    assert everything(store) == before


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"ids": ()}, ("ids", "none_chosen")),
        ({"ids": tuple(range(501))}, ("ids", "too_many_chosen")),
        ({"told_on": None}, ("told_on", "required")),
        ({"told_on": date(2026, 3, 6)}, ("told_on", "day_in_future")),
        ({"how": "telepathy"}, ("how", "choice")),
    ],
)
def test_what_is_not_valid_is_refused(sqlite_store, office, viewer, now, values, refused):
    from_ytj(sqlite_store, LATE)
    inputs = NoteTold(**{"ids": (1,), "told_on": TODAY, "how": "post", **values})
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(note_told, inputs, actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    gone = NoteTold(ids=(1, 7), told_on=TODAY, how="post")
    with pytest.raises(NotFound):
        sqlite_store.carry_out(note_told, gone, actor=office, now=now)
    with pytest.raises(NotAllowed):
        sqlite_store.carry_out(note_told, gone, actor=viewer, now=now)


def test_a_telling_that_was_noted_by_mistake_is_taken_back(store, office, viewer, now):
    aino, bertta = from_ytj(store, LATE), from_ytj(store, LATE, "Bertta")
    before = everything(store)["source_notice"]
    store.carry_out(
        note_told, NoteTold(ids=(1, 2), told_on=TODAY, how="post"), actor=office, now=now
    )
    inputs = RetractTold(ids=(1,), told_on=TODAY, how="post")
    store.carry_out(retract_told, inputs, actor=MAKER, now=now)
    with store.reading(office, now=now) as session:
        assert [row.party_id for row in source_reminders(session, today=TODAY).rows] == [aino]
        assert [row.told_on for row in source_notices_of(session, bertta)] == [TODAY]
    both = RetractTold(ids=(1, 2), told_on=TODAY, how="post")
    store.carry_out(
        note_told, NoteTold(ids=(1,), told_on=TODAY, how="phone"), actor=office, now=now
    )
    assert store.carry_out(retract_told, both, actor=office, now=now) == 2
    with store.reading(office, now=now) as session:
        assert [row.how for row in source_notices_of(session, aino)] == ["phone"]
    again = RetractTold(ids=(1,), told_on=TODAY, how="phone")
    store.carry_out(retract_told, again, actor=office, now=now)
    assert everything(store)["source_notice"] == before
    assert trail_of(store, "source_notice")[1:] == [
        ("retract_told", 1, aino, "tekija", ["how", "told_by", "told_on"]),
        ("note_told", 1, aino, "olli", ["how", "told_by", "told_on"]),
        ("retract_told", 2, bertta, "olli", ["how", "told_by", "told_on"]),
        ("retract_told", 1, aino, "olli", ["how", "told_by", "told_on"]),
    ]
    left = everything(store)
    for mistaken, refused in (
        (again, StaleRecord),
        (RetractTold(ids=(7,), told_on=TODAY, how="post"), NotFound),
        (RetractTold(ids=(), told_on=TODAY, how="post"), NotFound),
    ):
        with pytest.raises(refused):
            store.carry_out(retract_told, mistaken, actor=office, now=now)
    with pytest.raises(NotAllowed):
        store.carry_out(retract_told, again, actor=viewer, now=now)
    assert everything(store) == left


def test_data_without_a_source_are_counted_and_listed(store, viewer, now):
    unknown = {"source": "unknown", "sourced_on": LATE}
    people = [make_person(store, name) for name in ("Aino", "Bertta", "Cecilia", "Dora")]
    make_phone(store, people[0])
    with store.reading(viewer, now=now) as session:
        assert (unknown_sources(session), unknown_list(session)) == (Total(0), ((), None))
    for party in people[:3]:
        make_phone(store, party, "040 765 4321", **unknown)
    make_phone(store, people[0], "040 765 4322", **unknown)
    make_email(store, people[0], **unknown)
    with store.reading(viewer, now=now) as session, statements(store.engine) as seen:
        assert unknown_sources(session) == Total(5)
        assert len(seen) == 5
        first, after = unknown_list(session, size=2)
        assert len(seen) == 7
        rest, end = unknown_list(session, size=2, after=after)
        assert source_counts(session) == {"phone": 1, "office": 4, "unknown": 5}
    assert [(row.name, row.tables) for row in (*first, *rest)] == [
        ("Aino Esimerkki", ("email", "phone")),
        ("Bertta Esimerkki", ("phone",)),
        ("Cecilia Esimerkki", ("phone",)),
    ]
    assert end is None
    if store.engine.dialect.name == "sqlite":
        counted = type(seen)()
        counted.calls = seen.calls[:7]
        assert whole_tables_read(store.engine, counted) == []


def test_the_letter_says_what_came_whence_and_the_whole_notice(store, office, now):
    party = from_ytj(store, LATE)
    make_email(store, party, source="ytj", sourced_on=FRESH)
    make_phone(store, party)
    with store.reading(office, now=now) as session:
        told = from_elsewhere(session, 1)
        assert told.data == (("address", LATE), ("email", FRESH))
        letters = {
            language: source_letter(session, 1, today=TODAY, by_post=True, language=language)
            for language in ("fi", "sv", "en")
        }
        with pytest.raises(NotFound):
            from_elsewhere(session, 7)
    fi = letters["fi"].text
    for said in (
        "Tietojen lähde: Patentti- ja rekisterihallituksen",
        "- osoite, 2.2.2026\n",
        "- sähköpostiosoite, 4.3.2026\n",
        "Kixit Oy",
        "Lintulahdenkuja 4",
        "14 artiklan mukaan",
    ):
        assert said in fi
    for heading in (
        "Mihin tietoja käytetään ja millä perusteella",
        "Kuka tietoja saa",
        "Kuinka kauan tietoja säilytetään",
        "Sinun oikeutesi",
    ):
        assert f"\n\n{heading}\n\n" in fi
        assert f"<h2>{heading}</h2>" in letters["fi"].html
        assert squeezed(heading) in squeezed(words_of(letters["fi"].pdf))
    assert "puhelinnumero, " not in fi.split("Alla kerromme")[0]
    assert "Kasarminkatu 10" in letters["fi"].html
    assert "Source of the data: the public Business Information System" in letters["en"].text
    assert "Källa till uppgifterna:" in letters["sv"].text
