"""Random customers written to a file in each encoding and delimiter come out as they were."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from queries.intake.readers.garbled_text import is_encoded_twice
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.tables import Address, Email, Party
from tests.factories.import_files import OFFICE, brought, csv_of, outcomes, planned, xlsx_of
from tests.factories.records import business_id

HEADER = (
    "Asiakasnumero",
    "Nimi",
    "Tyyppi",
    "Y-tunnus",
    "Katuosoite",
    "Postinumero",
    "Postitoimipaikka",
    "Sähköposti",
    "Kieli",
)
KINDS = {"yritys": "organisation", "henkilö": "person"}
LETTERS = st.characters(codec="cp1252", categories=["Lu", "Ll", "Zs", "Po", "Sm", "Sc", "Pd"])


def line(longest):
    """Text as a cell keeps it: trimmed, composed, without what reads otherwise in a file."""
    return (
        st.text(LETTERS, min_size=1, max_size=longest)
        .map(str.strip)
        .filter(lambda text: text and not text.startswith("'") and not is_encoded_twice(text))
    )


CUSTOMERS = st.lists(
    st.tuples(
        line(40),
        st.sampled_from(sorted(KINDS)),
        st.booleans(),
        line(30),
        st.integers(1, 99_999).map("{:05}".format),
        line(20),
        st.booleans(),
        st.sampled_from(["fi", "sv", "en"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    customers=CUSTOMERS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "xlsx"]),
    delimiter=st.sampled_from([";", ",", "\t"]),
)
@example(
    customers=[("=Yhtiö", "yritys", True, "=:", "00001", "=1+1", False, "fi")],
    encoding="xlsx",
    delimiter=";",
)
@example(
    customers=[("Yhtiö", "yritys", True, "Katu 1", "00001", "L'-kylä", False, "fi")],
    encoding="utf-8",
    delimiter=";",
)
def test_customers_come_out_as_they_went_in(sqlite_template, customers, encoding, delimiter):
    rows = [
        (
            str(n),
            name,
            kind,
            business_id(n) if kind == "yritys" and has_id else "",
            street,
            code,
            town,
            f"asiakas{n}@posti.example" if has_email else "",
            language,
        )
        for n, (name, kind, has_id, street, code, town, has_email, language) in enumerate(
            customers, start=1
        )
    ]
    if encoding == "xlsx":
        file, data = "a.xlsx", xlsx_of(*rows, header=HEADER, formulas=False)
    else:
        file = "a.csv"
        data = csv_of(*rows, header=HEADER, encoding=encoding, delimiter=delimiter)
    told = {"encoding": encoding} if encoding == "cp1252" else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.sqlite"
        shutil.copy(sqlite_template, path)
        store = open_store(sqlite_url(path))
        try:
            plan = brought(store, file, data, **told)
            assert outcomes(plan) == ["create"] * len(rows)
            assert held(store) == [
                (
                    number,
                    name,
                    KINDS[kind],
                    own or None,
                    street,
                    code,
                    town,
                    email or None,
                    language,
                )
                for number, name, kind, own, street, code, town, email, language in rows
            ]
            assert outcomes(planned(store, file, data, **told)) == ["skip"] * len(rows)
        finally:
            store.close()


def held(store):
    with store.reading(OFFICE) as session:
        return [
            tuple(row)
            for row in session.execute(
                select(
                    Party.customer_number,
                    Party.name,
                    Party.kind,
                    Party.business_id,
                    Address.street,
                    Address.post_code,
                    Address.town,
                    Email.address,
                    Party.language,
                )
                .join(Address, Address.party_id == Party.id)
                .outerjoin(Email, Email.party_id == Party.id)
                .order_by(Party.id)
            )
        ]
