"""The file of an issue: nobody in it without a way out, nothing in it that a spreadsheet obeys."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from queries.documents.access.subject_data import recipients_of
from queries.documents.newsletter_issue import COLUMNS, ExportIssue, export_issue
from queries.errors import InvalidInputs, NotAllowed, RuleRefusal
from queries.reads.newsletter import newsletter_issues, subscribers_without_link
from queries.reads.recipients import disclosures_of, mailing_tools
from queries.rules.newsletter import link_language
from queries.store.tables import Email, Party, PartyStatus, Recipient, Subscription
from queries.writes.newsletter.newsletter import (
    RelationSubscription,
    subscribe_customer,
    unsubscribe_by_link,
)
from queries.writes.requests.restrictions import Restrict, restrict
from tests.factories.newsletters import make_subscription
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, make_email, make_order, make_person
from tests.factories.requests import make_request, seen
from tests.support.statements import statements
from tests.support.trails import everything, trail_of

BASE = "https://rekisteri.example"


def export(store, now, *, base=BASE, name="Kevätkirje", actor=MAKER, tool=None) -> bytes:
    made: list[bytes] = []
    inputs = ExportIssue(name=name, base=base, recipient_id=tool, deliver=made.append)
    store.carry_out(export_issue, inputs, actor=actor, now=now)
    (content,) = made
    return content


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def own_customer(store, now, address="oma@esimerkki.example") -> int:
    party = make_person(store, "Oma", "Asiakas")
    make_email(store, party, address)
    make_order(store, party)
    with store.reading(MAKER) as session:
        email = session.execute(select(Email.id).where(Email.party_id == party)).scalar_one()
    inputs = RelationSubscription(party_id=party, email_id=email)
    store.carry_out(subscribe_customer, inputs, actor=MAKER, now=now)
    return party


def test_each_recipient_has_a_link_and_the_two_headers(store, office, now):
    make_subscription(store, "aino@esimerkki.example", name="Äijälä, Aino", language="sv")
    own_customer(store, now)
    content = export(store, now, actor=office)
    rows = rows_of(content)
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    assert [[row[name] for name in COLUMNS[:4]] for row in rows] == [
        ["aino@esimerkki.example", "Äijälä, Aino", "sv", "consent"],
        ["oma@esimerkki.example", "Oma Asiakas", "fi", "customer"],
    ]
    for row, language in zip(rows, ("sv", "fi"), strict=True):
        token = row["Unsubscribe"].removeprefix(f"{BASE}/unsubscribe/")
        assert link_language(token) == language
        assert row["List-Unsubscribe"] == f"<{BASE}/unsubscribe/{token}>"
        assert row["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        with store.writing(MAKER, now=now) as uow:
            assert unsubscribe_by_link(uow, token) > 0
    assert rows[0]["Unsubscribe"] != rows[1]["Unsubscribe"]


def test_an_issue_says_how_many_and_not_who(store, office, now):
    make_subscription(store, "aino@esimerkki.example")
    content = export(store, now, actor=office)
    with store.reading(office) as session:
        (issue,) = newsletter_issues(session)
    assert (issue.name, issue.recipients, issue.exported_by, issue.exported_at, issue.sha256) == (
        "Kevätkirje",
        1,
        "olli",
        now,
        hashlib.sha256(content).hexdigest(),
    )
    assert trail_of(store, "newsletter_issue") == [
        ("export_issue", issue.id, None, "olli", ["recipients", "sha256"])
    ]


def test_a_link_stays_the_same_in_every_issue(store, now):
    make_subscription(store, "aino@esimerkki.example")
    first = rows_of(export(store, now))
    make_subscription(store, "bo@esimerkki.example")
    second = rows_of(export(store, now, name="Syyskirje"))
    assert [row["Email"] for row in second] == ["aino@esimerkki.example", "bo@esimerkki.example"]
    assert second[0] == first[0]


@pytest.mark.parametrize(
    "base",
    [
        None,
        "",
        "http://rekisteri.example",
        "rekisteri.example",
        "https://",
        "ftp://a.example",
        "https://rekisteri.example/polku",
    ],
)
def test_without_an_https_address_nothing_leaves(sqlite_store, now, base):
    make_subscription(sqlite_store, "aino@esimerkki.example")
    before = everything(sqlite_store)
    with pytest.raises(RuleRefusal) as refusal:
        export(sqlite_store, now, base=base)
    assert refusal.value.code == "no_public_address"
    assert everything(sqlite_store) == before


def test_a_demonstration_exports_links_to_this_machine(sqlite_store, now):
    make_subscription(sqlite_store, "aino@esimerkki.example")
    (row,) = rows_of(export(sqlite_store, now, base="http://localhost:8501"))
    assert row["Unsubscribe"].startswith("http://localhost:8501/unsubscribe/fi-")


def test_nobody_to_send_to_and_an_issue_without_a_name_are_refused(sqlite_store, viewer, now):
    with pytest.raises(RuleRefusal) as refusal:
        export(sqlite_store, now)
    assert refusal.value.code == "no_recipients"
    with pytest.raises(InvalidInputs):
        export(sqlite_store, now, name=" ")
    with pytest.raises(NotAllowed):
        export(sqlite_store, now, actor=viewer)


def test_who_may_not_get_it_now_is_left_out(store, now):
    """A restriction, an end of the relation and another address each exclude a recipient."""
    parties = [own_customer(store, now, f"oma{n}@esimerkki.example") for n in range(4)]
    request = make_request(store, parties[0], ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Kiistää")
    store.carry_out(restrict, inputs, actor=MAKER, now=now)
    with store.engine.begin() as connection:
        ended = {"status": PartyStatus.ENDED, "ended_on": date(2026, 3, 1)}
        connection.execute(update(Party).where(Party.id == parties[1]).values(ended))
        connection.execute(
            update(Email).where(Email.party_id == parties[2]).values(address="uusi@posti.example")
        )
    assert [row["Email"] for row in rows_of(export(store, now))] == ["oma3@esimerkki.example"]


def test_no_cell_starts_a_formula_and_the_mailbox_stays_the_same(sqlite_store, now):
    make_subscription(sqlite_store, "+358@esimerkki.example", name="=HYPERLINK(1)")
    make_subscription(sqlite_store, "=1+1@esimerkki.example", name="@SUM(A1)")
    make_subscription(sqlite_store, "-x@esimerkki.example", name='Aino "A", Oy')
    content = export(sqlite_store, now)
    cells = [cell for line in csv.reader(io.StringIO(content.decode())) for cell in line]
    assert not [cell for cell in cells if re.match(r"[=+\-@\t\r\n]", cell)]
    rows = rows_of(content)
    assert [row["Email"] for row in rows] == [
        '"+358"@esimerkki.example',
        '"=1+1"@esimerkki.example',
        '"-x"@esimerkki.example',
    ]
    assert [row["Name"] for row in rows] == ["'=HYPERLINK(1)", "'@SUM(A1)", 'Aino "A", Oy']


def test_a_link_that_leads_nowhere_is_counted(store, now):
    def without(public):
        with store.reading(MAKER) as session:
            return subscribers_without_link(session, public=public)

    make_subscription(store, "aino@esimerkki.example")
    make_subscription(store, "bo@esimerkki.example")
    assert (without(None), without(BASE)) == (2, 0)
    export(store, now)
    assert (without(None), without(BASE)) == (2, 0)
    assert without("https://uusi.example") == 2
    make_subscription(store, "cia@esimerkki.example")
    assert without("https://uusi.example") == 2
    export(store, now, base="https://uusi.example", name="Toinen")
    assert (without("https://uusi.example"), without(BASE)) == (0, 3)
    with store.reading(MAKER) as session:
        tokens = session.scalars(select(Subscription.token)).all()
    assert all(link_language(token) for token in tokens)


def mailing_tool(store, **more) -> int:
    return make_recipient(
        store,
        **{
            "name": "Postittaja Oy",
            "kind": "mailing_tool",
            "what": "Nimi, sähköposti ja kieli",
            "purpose": "Uutiskirje",
            **more,
        },
    )


def given(store, party) -> list[tuple]:
    with store.reading(MAKER) as session:
        return [
            (row.recipient, row.what, row.disclosed_on, row.noted_by)
            for row in disclosures_of(session, party)
        ]


def test_what_is_given_to_a_mailing_tool_is_noted_of_each_party_once(store, office, now):
    tool = mailing_tool(store)
    first = own_customer(store, now, "eka@esimerkki.example")
    make_subscription(store, "ulkopuolinen@esimerkki.example")
    export(store, now)  # sent by the company itself: nobody received anything
    assert given(store, first) == []
    export(store, now, name="Toinen", tool=tool, actor=office)
    line = ("Postittaja Oy", "Nimi, sähköposti ja kieli", now.date(), "olli")
    assert given(store, first) == [line]
    later = now + timedelta(days=30)
    second = own_customer(store, later, "toka@esimerkki.example")
    with statements(store.engine) as few:
        export(store, later, name="Kolmas", tool=tool)
    again = (*line[:2], later.date(), "tekija")
    assert (given(store, first), given(store, second)) == ([again], [again])
    assert len([one for one in few if "disclosure" in one]) == 3
    with store.reading(MAKER) as session:
        (told,) = recipients_of(session, second)
    assert (told.name, told.on) == ("Postittaja Oy", later.date().isoformat())


def test_a_tool_of_the_newsletter_is_one_that_still_gets_something(store, office, now):
    tool = mailing_tool(store)
    ended = mailing_tool(store, name="Entinen Oy", ends_on=now.date() - timedelta(days=1))
    make_recipient(store)
    with store.reading(office) as session:
        assert mailing_tools(session, today=now.date()) == {tool: "Postittaja Oy"}
    party = own_customer(store, now)
    for wrong in (ended, 99):
        with pytest.raises(InvalidInputs) as refusal:
            export(store, now, tool=wrong)
        assert [(one.field, one.code) for one in refusal.value.errors] == [
            ("recipient_id", "choice")
        ]
    with store.engine.begin() as connection:
        connection.execute(update(Recipient).values(country="US"))
    with pytest.raises(RuleRefusal) as outside:
        export(store, now, tool=tool)
    assert outside.value.code == "transfer_basis_missing"
    assert given(store, party) == []
