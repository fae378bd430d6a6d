"""Data of the demonstration beside customers and their dealings."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.reads.form_messages import message_card, message_figures, waiting_messages
from queries.reads.newsletter import (
    consent_texts,
    issue_recipients,
    newsletter_figures,
    subscriptions_against_suppression,
)
from queries.reads.provenance import reminder_figures, unknown_sources
from queries.reads.recipients import recipient_list
from queries.store.tables import ConsentText, Party, Subscription
from tests.factories.demonstrations import TODAY, fill, fresh
from tests.factories.records import MAKER


@pytest.fixture(scope="module")
def company(sqlite_template, tmp_path_factory):
    """A demonstration of 300 customers."""
    store = fill(fresh(sqlite_template, tmp_path_factory.mktemp("company")), 300)
    yield store
    store.close()


def test_what_the_company_has_to_do_with_others(company):
    with company.reading(MAKER) as session:
        recipients = recipient_list(session)
        waiting = message_figures(session)
        first = waiting_messages(session).rows[0]
        figures = reminder_figures(session, today=TODAY)
        unknown = unknown_sources(session)
        reasons = message_card(session, first.id).matches[0].reasons
    assert [row.name for row in recipients if row.is_outside] == []
    assert sorted(row.state(TODAY) for row in recipients) == [
        "ends_soon",
        *["in_force"] * 5,
        "not_needed",
    ]
    assert (waiting.waiting.n, (TODAY - waiting.oldest).days) == (3, 9)
    assert "same_email" in reasons
    assert (figures.waiting.n, figures.overdue.n, unknown.n) == (6, 4, 2)


def test_the_newsletter_by_every_right_and_against_no_refusal(company):
    with company.reading(MAKER) as session:
        figures = newsletter_figures(session)
        against = subscriptions_against_suppression(session)
        reached = list(issue_recipients(session))
        texts = consent_texts(session)
        customers = session.scalars(
            select(Party.kind)
            .join(Subscription, Subscription.party_id == Party.id)
            .where(Subscription.basis == "customer")
        ).all()
        agreed = session.execute(
            select(
                Subscription.language,
                ConsentText.language,
                Subscription.sourced_on,
                ConsentText.since,
            ).join(ConsentText)
        ).all()
    assert (figures.by_basis, figures.suppressed, against) == (
        {"consent": 38, "customer": 14, "organisation": 30},
        15,
        0,
    )
    assert len(reached) > 0.9 * figures.subscribers
    assert [(row.version, row.language) for row in texts] == [
        (version, language) for version in (2, 1) for language in ("fi", "sv", "en")
    ]
    assert set(customers) == {"person"}
    assert all(row[0] == row[1] and row.sourced_on >= row.since for row in agreed)
