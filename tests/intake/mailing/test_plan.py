"""The files of a mailing tool: a no stays a no, and twice is once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.errors import InvalidInput, RegisterError, StaleRecord, UnreadableFile
from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import ImportSettings, RowOutcome
from queries.intake.readers.read_file import read_file
from queries.reads.newsletter import subscriptions_against_suppression
from queries.store.tables import ImportRow, Subscription, Suppression, SuppressionKind
from queries.writes.requests.restrictions import Restrict, restrict
from tests.factories.disposals import hold
from tests.factories.mailing_lists import COLUMNS, LEFT, TAIL, line
from tests.factories.newsletters import addresses, make_subscription, marked, say_no
from tests.factories.records import MAKER, TODAY, make_email, make_person
from tests.factories.requests import make_request, seen
from tests.support.statements import statements
from tests.support.trails import everything, only, trail_of

GONE = "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID"


def listed(*lines: str, columns: str = COLUMNS):
    return read_file("lista.csv", "\n".join([columns, *lines, ""]).encode())


def subscribed(*lines):
    return listed(*lines)


def unsubscribed(*names):
    return listed(
        *(line(one) + ',"2025-01-02 03:04:05",Syksy,9,ABUSE,' for one in names),
        columns=f"{COLUMNS},{LEFT}",
    )


def cleaned(*names):
    return listed(
        *(line(one) + ',"2025-01-02 03:04:05",Syksy,9' for one in names),
        columns=f"{COLUMNS},{GONE}",
    )


def plan_of(store, intake, **settings):
    with store.reading(MAKER) as session:
        return preview(session, intake, settings=ImportSettings(**settings), today=TODAY)


def brought(store, intake, now, *, without=False, **settings) -> int:
    plan = plan_of(store, intake, **settings)
    inputs = BringIn(
        intake=intake,
        settings=ImportSettings(**settings),
        fingerprint=plan.fingerprint,
        skip_refused=without,
    )
    return store.carry_out(bring_in, inputs, actor=MAKER, now=now)


def said(plan) -> list[tuple[str, str, list[str]]]:
    return [
        (row.outcome.value, row.name, [one.code for one in (*row.reasons, *row.notes)])
        for row in plan.rows
    ]


def test_the_three_files_are_known_by_their_columns():
    forms = [
        subscribed(line("a@x.example")).form,
        unsubscribed("a@x.example").form,
        cleaned("a@x.example").form,
    ]
    assert forms == ["subscribed", "unsubscribed", "cleaned"]


def test_subscribers_come_in_with_the_day_of_their_consent_and_nothing_else(store, now):
    party = make_person(store, "Bo", "Ek")
    make_email(store, party, "bo@esimerkki.example")
    intake = subscribed(
        line("Aino@Esimerkki.example", "Aino", "Äijälä"),
        line("BO@esimerkki.example", "", ""),
        line("cia@esimerkki.example", "Cia", "", tail=",2,,,,,,,,,,,,,,,"),
    )
    assert said(plan_of(store, intake)) == [
        ("create", "Aino@esimerkki.example", ["subscribes"]),
        ("create", "BO@esimerkki.example", ["subscribes"]),
        ("refuse", "cia@esimerkki.example", ["consent_not_shown"]),
    ]
    batch = brought(store, intake, now, without=True)
    with store.reading(MAKER) as session:
        rows = session.execute(
            select(
                Subscription.address,
                Subscription.name,
                Subscription.language,
                Subscription.basis,
                Subscription.party_id,
                Subscription.source,
                Subscription.sourced_on,
                Subscription.consent_text_id,
                Subscription.token,
            ).order_by(Subscription.id)
        ).all()
    day = date(2024, 5, 6)
    assert [tuple(row) for row in rows] == [
        ("Aino@esimerkki.example", "Aino Äijälä", "fi", "consent", None, "import", day, None, None),
        ("BO@esimerkki.example", "Bo Ek", "fi", "consent", party, "import", day, None, None),
    ]
    kept = str(everything(store))
    assert [word for word in ("192.0.2.7", "62.9", "ab12", "VIP") if word in kept] == []
    assert trail_of(store, "import_batch")[-1][:2] == ("bring_in", batch)


def test_the_second_time_nothing_changes(store, now):
    files = [subscribed(line("aino@esimerkki.example")), unsubscribed("bo@esimerkki.example")]
    for intake in files:
        brought(store, intake, now)
    before = everything(store)
    for intake in files:
        assert {row.outcome for row in plan_of(store, intake).rows} == {RowOutcome.SKIP}
        with pytest.raises(RegisterError) as refusal:
            brought(store, intake, now)
        assert refusal.value.code == "import_nothing"
    assert everything(store) == before


@pytest.mark.parametrize("kind", list(SuppressionKind))
def test_a_file_of_subscribers_never_overrides_a_no(store, now, kind):
    say_no(store, "Aino@ESIMERKKI.example", kind, now)
    future = TAIL.replace("2024-05-06", "2030-01-01")
    intake = subscribed(line("aino@esimerkki.example", tail=future), line("bo@esimerkki.example"))
    assert said(plan_of(store, intake))[0] == ("skip", "aino@esimerkki.example", ["suppressed"])
    brought(store, intake, now)
    assert addresses(store) == ["bo@esimerkki.example"]
    with store.reading(MAKER) as session:
        assert subscriptions_against_suppression(session) == 0


def test_who_left_in_the_mailing_tool_has_left_here(store, now):
    make_subscription(store, "aino@esimerkki.example")
    make_subscription(store, "bo@esimerkki.example")
    say_no(store, "cia@esimerkki.example", now=now)
    intake = unsubscribed(
        "AINO@esimerkki.example",
        "uusi@esimerkki.example",
        "cia@esimerkki.example",
        "aino@esimerkki.example",
    )
    assert said(plan_of(store, intake)) == [
        ("change", "AINO@esimerkki.example", ["unsubscribes"]),
        ("change", "uusi@esimerkki.example", ["will_be_suppressed"]),
        ("skip", "cia@esimerkki.example", ["suppressed_already"]),
        ("skip", "aino@esimerkki.example", ["repeated_in_file"]),
    ]
    brought(store, intake, now)
    assert addresses(store) == ["bo@esimerkki.example"]
    assert marked(store, "aino@esimerkki.example")
    assert marked(store, "uusi@esimerkki.example")
    kept = str(everything(store))
    assert [one for one in ("aino@", "uusi@", "cia@") if one in kept] == []


def test_a_mailbox_that_is_gone_is_suppressed_until_its_own_new_consent(store, now):
    make_subscription(store, "aino@esimerkki.example")
    intake = cleaned("Aino@esimerkki.example", "bo@esimerkki.example")
    assert said(plan_of(store, intake)) == [
        ("change", "Aino@esimerkki.example", ["mailbox_gone"]),
        ("change", "bo@esimerkki.example", ["mailbox_gone"]),
    ]
    brought(store, intake, now)
    assert addresses(store) == []
    assert marked(store, "aino@esimerkki.example")
    assert said(plan_of(store, subscribed(line("aino@esimerkki.example")))) == [
        ("skip", "aino@esimerkki.example", ["suppressed"])
    ]
    assert said(plan_of(store, intake)) == [
        ("skip", "Aino@esimerkki.example", ["suppressed_already"]),
        ("skip", "bo@esimerkki.example", ["suppressed_already"]),
    ]


#: Lists in which each row says its own permission, as the tools write them.
BREVO = (
    "CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;EMAIL_BLOCKLISTED;OPT_IN;DOUBLE_OPT-IN;ADDED_TIME",
    "1;no@x.example;Eino;Enää;;yes;true;;2024-01-05",
    "2;yes@x.example;Hanna;Haluaa;;no;true;1;2024-01-05",
    "3;unknown@x.example;Ulla;Uusi;;no;;;2024-01-05",
)
MAILERLITE = (
    "Email,Name,Status,Opt-in timestamp,Signup IP",
    "yes@x.example,Hanna,Active,2024-01-05 10:00:00,192.0.2.1",
    "no@x.example,Eino,Unsubscribed,2024-01-05 10:00:00,",
    "gone@x.example,Ville,Bounced,2024-01-05 10:00:00,",
    "unknown@x.example,Ulla,Unconfirmed,,",
)
MAILERLITE_CLASSIC = (
    "Subscriber,Sent,Opened,Clicked,Subscribed,Location",
    "yes@x.example,12,3,1,2024-01-05 10:00:00,Helsinki",
    "unknown@x.example,12,3,1,,Helsinki",
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at",
    "1,yes@x.example,Hanna,,true,,,2024-01-05T07:08:09.000Z",
    "2,no@x.example,Eino,,false,,,2024-01-05T07:08:09.000Z",
)
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at",
    "a,unknown@x.example,Ulla,{},enabled,2024-01-05,2024-01-05",
    "b,no@x.example,Eino,{},blocklisted,2024-01-05,2024-01-05",
)
FINNISH = (
    "Sähköposti;Etunimi;Uutiskirjelupa;Suoramarkkinointikielto;Suostumuspäivä",
    "yes@x.example;Hanna;kyllä;;5.1.2024",
    "no@x.example;Eino;kyllä;x;",
    "unknown@x.example;Ulla;;;",
)


@pytest.mark.parametrize(
    "lines",
    [BREVO, MAILERLITE, MAILERLITE_CLASSIC, GHOST, LISTMONK, FINNISH],
    ids=lambda lines: lines[0][:20],
)
def test_each_row_of_a_list_says_its_own_permission(sqlite_store, now, lines):
    intake = listed(*lines[1:], columns=lines[0])
    assert intake.form == "members"
    expected = {
        "yes": ("create", "subscribes"),
        "no": ("change", "will_be_suppressed"),
        "gone": ("change", "mailbox_gone"),
        "unknown": ("refuse", "consent_not_shown"),
    }
    plan = plan_of(sqlite_store, intake)
    for row in plan.rows:
        outcome, reason = expected[row.name.partition("@")[0]]
        assert (row.outcome.value, row.reasons[0].code) == (outcome, reason)
    inputs = BringIn(
        intake=intake, settings=ImportSettings(), fingerprint=plan.fingerprint, skip_refused=True
    )
    sqlite_store.carry_out(bring_in, inputs, actor=MAKER, now=now)
    assert addresses(sqlite_store) == [row.name for row in plan.rows if row.name.startswith("yes")]
    has_no = any("no@x.example" in line for line in lines)
    assert marked(sqlite_store, "no@x.example") == has_no
    assert not marked(sqlite_store, "unknown@x.example")


def test_the_day_of_consent_of_the_classic_export_is_kept(sqlite_store, now):
    brought(sqlite_store, listed(*MAILERLITE_CLASSIC[1:2], columns=MAILERLITE_CLASSIC[0]), now)
    assert [one.sourced_on for one in only(sqlite_store, Subscription)] == [date(2024, 1, 5)]


def test_a_typed_yes_without_its_day_is_no_consent(sqlite_store):
    """Only a mailing tool keeps the consent itself; a list that somebody typed shows none."""
    intake = listed("aino@x.example;Aino;kyllä", columns="Sähköposti;Etunimi;Markkinointilupa")
    assert said(plan_of(sqlite_store, intake)) == [
        ("refuse", "aino@x.example", ["consent_not_shown"])
    ]


def test_the_record_keeps_no_address_of_who_did_not_agree(sqlite_store, now):
    brought(sqlite_store, listed(*GHOST[1:2], columns=GHOST[0]), now)
    rows = ("unknown@x.example;Ulla;;;", "yes@x.example;Hanna;kyllä;;5.1.2024")
    others = ("new@x.example;Eeva;kyllä;;5.1.2024", *rows)
    brought(sqlite_store, listed(*others, columns=FINNISH[0]), now, without=True)
    kept = [(row.number, row.name) for row in only(sqlite_store, ImportRow) if row.outcome]
    assert (3, "") in kept
    assert [name for _number, name in kept if name.startswith("unknown")] == []


def test_a_yes_without_its_day_says_so(sqlite_store):
    assert said(plan_of(sqlite_store, listed(*GHOST[1:], columns=GHOST[0])))[0] == (
        "create",
        "yes@x.example",
        ["subscribes", "consent_day_missing"],
    )


def refused(name, *lines):
    with pytest.raises(UnreadableFile) as caught:
        read_file(name, "\n".join([*lines, ""]).encode())
    return caught.value.code


@pytest.mark.parametrize(
    "name", ["nonsubscribed_members_export_1.csv", "Non-subscribed_email_audience.csv"]
)
def test_a_file_of_those_who_did_not_subscribe_is_refused(name):
    assert refused(name, COLUMNS, line("a@x.example")) == "list_of_non_subscribers"


@pytest.mark.parametrize(
    ("name", "form"), [("unsubscribed_export.csv", "unsubscribed"), ("cleaned_1.csv", "cleaned")]
)
def test_a_file_is_what_its_name_says_where_that_is_stricter(name, form):
    data = "\n".join([COLUMNS, line("a@x.example"), ""]).encode()
    assert read_file(name, data).form == form


@pytest.mark.parametrize(
    "columns",
    ["Email;First name;Last name", "Email;Opens;Clicks", "Email;Name;Tags", "email;name;uuid"],
)
def test_a_list_that_says_nothing_of_permission_is_refused_as_such(columns):
    assert refused("lista.csv", columns, "a@x.example;b;c") == "mailing_list_unknown"


@pytest.mark.parametrize(
    "columns",
    [
        "Sähköposti;Etunimi;Rooli",
        "Sähköposti;Nimi;Y-tunnus",
        "Asiakasnumero;Nimi;Sähköposti;Markkinointilupa",
        "Nimi;Sähköposti;Puhelin",
    ],
)
def test_a_table_of_customers_stays_one(columns):
    cells = ["x"] * (columns.count(";") + 1)
    data = f"{columns}\n{';'.join(cells)}\n".encode()
    assert read_file("a.csv", data).form == "customers"


@pytest.mark.parametrize("scope", ["party", "class"])
def test_a_hold_keeps_a_subscription_whose_mailbox_is_gone(store, now, scope):
    party = make_person(store)
    make_subscription(store, "aino@esimerkki.example", party_id=party)
    hold(store, scope, party if scope == "party" else "newsletter")
    plan = plan_of(store, cleaned("aino@esimerkki.example"))
    assert said(plan) == [("refuse", "aino@esimerkki.example", ["held"])]
    brought(store, unsubscribed("aino@esimerkki.example"), now)
    assert addresses(store) == []


def test_a_restricted_party_is_not_added_and_leaves_all_the_same(store, now):
    party = make_person(store)
    make_email(store, party, "Aino@esimerkki.example")
    make_subscription(store, "aino@esimerkki.example")
    request = make_request(store, party, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Kiistää")
    store.carry_out(restrict, inputs, actor=MAKER, now=now)
    brought(store, unsubscribed("aino@esimerkki.example"), now)
    assert addresses(store) == []
    with store.writing(MAKER, now=now) as uow:
        uow.session.query(Suppression).delete()
        uow.audit("unsubscribe", "subscription", None)
    plan = plan_of(store, subscribed(line("aino@esimerkki.example")))
    assert said(plan) == [("refuse", "aino@esimerkki.example", ["restricted"])]


@pytest.mark.parametrize(
    ("row", "codes", "shown"),
    [
        (line("ei osoite"), ["value"], "ei osoite"),
        (line(""), ["value"], ""),
        (line("a@x.example", "131052-308T"), ["personal_identity_code"], ""),
        (line("131052-308T@x.example"), ["personal_identity_code"], ""),
        (line("a@x.example", "131052-308X"), ["suspect_identity_code"], ""),
    ],
)
def test_a_row_that_cannot_come_in_says_why(sqlite_store, now, row, codes, shown):
    intake = subscribed(row, line("bo@esimerkki.example"))
    plan = plan_of(sqlite_store, intake)
    assert said(plan)[0] == ("refuse", shown, codes)
    before = everything(sqlite_store)
    with pytest.raises(RegisterError) as refusal:
        brought(sqlite_store, intake, now)
    assert refusal.value.code == "import_refused_rows"
    assert everything(sqlite_store) == before


def test_a_list_without_addresses_is_no_list(sqlite_store):
    intake = listed("1,2", columns="OPTIN_TIME,LEID")
    with pytest.raises(InvalidInput) as refusal:
        plan_of(sqlite_store, intake)
    assert refusal.value.code == "no_key_column"


def test_a_register_that_changed_since_the_preview_is_not_written_over(store, now):
    intake = subscribed(line("aino@esimerkki.example"))
    plan = plan_of(store, intake)
    say_no(store, "aino@esimerkki.example", now=now)
    inputs = BringIn(intake=intake, settings=ImportSettings(), fingerprint=plan.fingerprint)
    with pytest.raises(StaleRecord):
        store.carry_out(bring_in, inputs, actor=MAKER, now=now)
    assert addresses(store) == []


def test_a_long_list_takes_few_statements_and_is_all_or_nothing(store, now):
    names = [f"n{n}@esimerkki.example" for n in range(1200)]
    intake = subscribed(*(line(one) for one in names))
    with statements(store.engine) as seen_:
        plan = plan_of(store, intake)
    assert len(seen_) < 20
    assert plan.count(RowOutcome.CREATE) == 1200
    brought(store, intake, now)
    assert len(addresses(store)) == 1200
    brought(store, unsubscribed(*names), now)
    assert addresses(store) == []
    brought_back = plan_of(store, intake)
    assert brought_back.count(RowOutcome.SKIP) == 1200
