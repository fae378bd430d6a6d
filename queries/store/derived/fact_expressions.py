"""Expressions that compute each fact from the rows; :mod:`.facts` keeps them."""

from __future__ import annotations

# Differences between the engines are written in words of our own: greatest(), {differs}.
INVOICE = (
    "CASE WHEN invoice.status = 'issued' THEN greatest(invoice.issued_on,"
    " coalesce((SELECT max(payment.paid_on) FROM payment"
    " WHERE payment.invoice_id = invoice.id), invoice.issued_on),"
    " coalesce((SELECT max(write_off.written_off_on) FROM write_off"
    " WHERE write_off.invoice_id = invoice.id), invoice.issued_on),"
    " coalesce((SELECT max(note.last_event_on) FROM invoice AS note"
    " WHERE note.credits_id = invoice.id), invoice.issued_on)) END"
)
CLAIM = (
    "CASE WHEN invoice.credits_id IS NULL AND {due_much_later} AND (invoice.open_cents <> 0"
    " OR EXISTS (SELECT 1 FROM invoice AS note WHERE note.credits_id = invoice.id"
    " AND note.open_cents <> 0)) THEN invoice.due_on END"
)
LAST_INVOICE = (
    "(SELECT max(invoice.last_event_on) FROM invoice WHERE invoice.order_id = service_order.id)"
)
GOING_ON = "service_order.status IN ('open', 'in_progress')"
#: Facts of an order from the invoices that it has.
# The status is no column to search by here: SQLite would walk all issued invoices for each order.
LAST_ISSUE = (
    "(SELECT max(invoice.issued_on) FROM invoice"
    " WHERE invoice.order_id = service_order.id AND coalesce(invoice.status, '') = 'issued')"
)
UNNOTED = f"coalesce(service_order.invoiced_on < {LAST_ISSUE}, {LAST_ISSUE} IS NOT NULL)"
#: Every dated row of an order is an event of it: its closing, its work, its invoices.
AT_REST = "coalesce(service_order.closed_on, service_order.ordered_on)"
LAST_WORK = (
    "(SELECT max(work_entry.done_on) FROM work_entry WHERE work_entry.order_id = service_order.id)"
)
VOUCHER = (
    f"CASE WHEN {GOING_ON} THEN NULL WHEN service_order.invoiced_on IS NOT NULL"
    f" THEN greatest(service_order.invoiced_on, {AT_REST},"
    f" coalesce({LAST_WORK}, {AT_REST}), coalesce({LAST_INVOICE}, {AT_REST})) END"
)
REST = (
    f"CASE WHEN {GOING_ON} OR service_order.invoiced_on IS NOT NULL THEN NULL"
    f" ELSE greatest({AT_REST}, coalesce({LAST_WORK}, {AT_REST})) END"
)
HAS_A_JOB = (
    f"EXISTS (SELECT 1 FROM service_order WHERE service_order.party_id = party.id AND {GOING_ON})"  # noqa: S608 - our own constants
)
IN_OWN_ROLE = "(party.is_customer OR party.is_partner)"
#: A contact person follows its organisations whatever else it is or was: a role that ended does not
#: override a link in force.
FOLLOWS = "EXISTS (SELECT 1 FROM contact_person WHERE contact_person.person_id = party.id)"
LAST_NOTE = "(SELECT max(note.noted_on) FROM note WHERE note.party_id = party.id)"
PARTY = {
    "in_force": f"((party.status = 'active' AND {IN_OWN_ROLE}) OR {HAS_A_JOB})",
    "last_voucher_on": "(SELECT max(days.d) FROM (SELECT max(invoice.last_event_on) AS d"
    " FROM invoice WHERE invoice.party_id = party.id UNION ALL"
    " SELECT max(service_order.voucher_on) FROM service_order"
    " WHERE service_order.party_id = party.id) AS days)",
    "last_claim_on": "(SELECT max(invoice.claim_on) FROM invoice"
    " WHERE invoice.party_id = party.id AND invoice.claim_on IS NOT NULL)",
    "last_rest_on": "(SELECT max(service_order.rest_on) FROM service_order"
    " WHERE service_order.party_id = party.id)",
    "last_draft_at": "(SELECT max(invoice.changed_at) FROM invoice"
    " WHERE invoice.party_id = party.id AND invoice.status = 'draft')",
    "last_note_on": LAST_NOTE,
    "lead_on": f"CASE WHEN party.status = 'lead' THEN greatest(party.started_on,"
    f" coalesce({LAST_NOTE}, party.started_on)) END",
    "ended_on": "party.ended_on",
    "unlinked_on": f"coalesce(party.unlinked_on, CASE WHEN party.status = 'active'"
    f" AND NOT {IN_OWN_ROLE} AND NOT {FOLLOWS} THEN party.started_on END)",
}
THEIRS = (
    "(SELECT {of} FROM contact_person JOIN party_facts AS theirs"
    " ON theirs.party_id = contact_person.organisation_id"
    " WHERE contact_person.person_id = party.id)"
)
