"""Contact and billing details of a customer, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.panels.contact_forms import adding, detail, origin_line
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.reads.customers.customer_card import AddressRow, CustomerCard
from queries.reads.notice.post_codes import PostTown, places_of
from queries.rules.countries import FINLAND
from queries.wording.formats import telephone


def draw_reach(card: CustomerCard) -> None:
    """Telephone numbers, e-mail addresses and postal addresses."""
    st.header(t("card.reach"), anchor=False)
    for kind, rows in (("phone", card.phones), ("email", card.emails)):
        for row in rows:
            shown = telephone(row.value) if kind == "phone" else row.value
            below = origin_line(row.origin, purpose=row.purpose, primary=row.is_primary)
            detail(kind, card.id, row, (shown,), below)
        adding(kind, card.id)
    places = ask(places_of, {row.post_code for row in card.addresses if row.post_code})
    for address in card.addresses:
        place = " ".join(part for part in (address.post_code, address.town) if part)
        country = "" if address.country == "FI" else address.country
        below = origin_line(address.origin, purpose=address.purpose, primary=address.is_primary)
        detail("address", card.id, address, (address.street, place, country), below)
        _warn_of_town(address, places)
    adding("address", card.id)


def _warn_of_town(address: AddressRow, places: Mapping[str, PostTown]) -> None:
    """Warn where the post code is another town's; it is not a reason to refuse the address."""
    known = places.get(address.post_code or "") if address.country in FINLAND else None
    if known is not None and address.town and not known.has(address.town):
        said = t("card.post_code_of_other_town", code=known.code, town=known.town_fi)
        st.warning(said, icon=":material/pin_drop:")


def draw_billing(card: CustomerCard) -> None:
    """Draw the billing details, folded until they are being edited."""
    with st.expander(
        t("card.billing"),
        expanded=any(editing(f"billing-{row.id}") for row in card.billing)
        or editing(f"billing-new-{card.id}"),
    ):
        for row in card.billing:
            shown = (
                t(f"billing_methods.{row.method}"),
                row.e_invoice_address or "",
                row.operator or "",
                row.email or "",
                row.iban or "",
                row.buyer_reference or "",
                t("card.payment_days", n=row.payment_days),
            )
            detail("billing", card.id, row, shown, origin_line(row.origin))
        adding("billing", card.id)
