"""Every element of the Finvoice 3.0 schema has one treatment, and none is left out without a word.

``finvoice_schema.txt`` has the names of the schema's elements, group by group: a sum of money is
marked with €, a day with @.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.intake.invoices import finvoice_elements
from queries.intake.invoices.finvoice import read_finvoice
from queries.intake.invoices.finvoice_elements import READ_GROUPS, Treatment, treatment
from tests.factories.import_files import finvoice, finvoice_file, finvoice_row

_TEXT = (Path(__file__).parent / "finvoice_schema.txt").read_text(encoding="utf-8")
GROUPS = {
    head: body.split()
    for head, _, body in (part.partition(": ") for part in _TEXT.replace("\n  ", " ").splitlines())
}
PARTIES = {name for name in GROUPS if "PartyDetails" in name}


def reached(group="Finvoice"):
    """The elements that are judged by themselves: not with a group that is named or passed over."""
    for child in GROUPS[group]:
        name = child.strip("€@")
        yield child
        if name in GROUPS and name.removeprefix("Sub") in READ_GROUPS:
            yield from reached(name)


def test_the_schema_is_whole():
    names = {child.strip("€@") for children in GROUPS.values() for child in children}
    assert (len(GROUPS), len(names | set(GROUPS))) == (79, 684)
    assert (
        sum("€" in child for child in {c for children in GROUPS.values() for c in children}) == 69
    )


def test_every_element_of_the_schema_is_read_named_or_declared_without_meaning():
    unknown = {name.strip("€@") for name in reached()} - {"FreeText"}
    assert {name for name in unknown if treatment(name) is Treatment.UNKNOWN} == set()


def test_every_name_on_the_lists_is_the_schemas_and_on_one_list():
    names = {child.strip("€@") for children in GROUPS.values() for child in children}
    lists = [
        text.split()
        for text in (
            finvoice_elements._READ_GROUPS,
            finvoice_elements._READ,
            finvoice_elements._NAMED,
            finvoice_elements._WITHOUT_MEANING,
        )
    ]
    listed = [name for words in lists for name in words]
    assert sorted(listed) == sorted(set(listed))
    known = names | {name.removeprefix("Sub") for name in names} | set(GROUPS)
    assert set(listed) - known == set()


def test_no_sum_and_no_other_party_is_without_meaning_but_those_that_repeat_what_is_read():
    kept = {
        name.strip("€@")
        for name in reached()
        if "€" in name and treatment(name.strip("€@")) is Treatment.WITHOUT_MEANING
    }
    assert kept == {
        "RowsTotalVatExcludedAmount",
        "DiscountsTotalVatExcludedAmount",
        "ChargesTotalVatExcludedAmount",
        "UnitPriceDiscountAmount",
        "RowDiscountBaseAmount",
        "SubUnitPriceDiscountAmount",
        "SubRowDiscountBaseAmount",
    }
    parties = {name for name in PARTIES if treatment(name) is Treatment.WITHOUT_MEANING}
    assert parties == {"EpiPartyDetails"}  # this company's own account


def noted(document):
    (one,) = read_finvoice(finvoice_file(document))
    return {note.code: note.facts["elements"] for note in one.notes}


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            "<InvoiceRecipientPartyDetails><InvoiceRecipientOrganisationName>Keskus"
            "</InvoiceRecipientOrganisationName></InvoiceRecipientPartyDetails>",
            {"elements_left_out": "InvoiceRecipientPartyDetails"},
        ),
        (
            "<AnyPartyDetails><AnyPartyText>Maksaja</AnyPartyText></AnyPartyDetails>"
            "<DeliveryPartyDetails><DeliveryOrganisationName>Varasto</DeliveryOrganisationName>"
            "</DeliveryPartyDetails>",
            {"elements_left_out": "AnyPartyDetails, DeliveryPartyDetails"},
        ),
        ("<OwnExtension><Sum>5,00</Sum></OwnExtension>", {"elements_unknown": "OwnExtension"}),
        ("<BuyerContactPersonName> </BuyerContactPersonName><OwnExtension/>", {}),
        (
            "<SellerInformationDetails><SellerHomeTownName>Mikkeli</SellerHomeTownName>"
            "</SellerInformationDetails>",
            {},
        ),
    ],
)
def test_what_is_met_and_not_read_is_named(frame, expected):
    assert noted(finvoice(frame=frame)) == expected


def test_whose_details_are_left_out_is_told():
    frame = (
        "<InvoiceRecipientPartyDetails><InvoiceRecipientOrganisationName>Espoon koulu"
        "</InvoiceRecipientOrganisationName></InvoiceRecipientPartyDetails>"
        "<EpiCharge>SHA</EpiCharge>"
    )
    (one,) = read_finvoice(finvoice_file(finvoice(frame=frame)))
    (note,) = one.notes
    assert note.facts["organisations"] == {"InvoiceRecipientPartyDetails": "Espoon koulu"}


def test_what_a_row_or_sub_row_has_besides_is_named():
    more = (
        '<RowTransactionDetails><OtherCurrencyAmount AmountCurrencyIdentifier="SEK">9,00'
        "</OtherCurrencyAmount></RowTransactionDetails><SubInvoiceRow><SubStartDate>20260101"
        "</SubStartDate><SubWhim>1</SubWhim></SubInvoiceRow>"
    )
    assert noted(finvoice(rows=finvoice_row(more=more))) == {
        "elements_left_out": "RowTransactionDetails, SubStartDate",
        "elements_unknown": "SubWhim",
    }
