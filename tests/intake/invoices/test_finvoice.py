"""Contents of a Finvoice file, of any version, encoding and framing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from queries.errors import UnreadableFile
from queries.intake.invoices.finvoice import read_finvoice
from queries.intake.invoices.finvoice_document import Quantity, Terms, cents
from queries.intake.invoices.terms import due_day
from queries.intake.plan import Reason
from tests.factories.import_files import BUYER, SELLER, finvoice, finvoice_file, finvoice_row

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
<SOAP-ENV:Header/><SOAP-ENV:Body>Kehys: käännös</SOAP-ENV:Body></SOAP-ENV:Envelope>
"""


def test_an_invoice_is_read_whole():
    (one,) = read_finvoice(finvoice_file(finvoice(email="ostot@ostaja.example")))
    assert (one.number, one.issued_on, one.terms[0].due_on, one.reference, one.type_code) == (
        "2001",
        date(2026, 2, 2),
        date(2026, 2, 16),
        "1232",
        "INV01",
    )
    assert (one.net, one.vat, one.total) == (Decimal("100.00"), Decimal("25.50"), Decimal("125.50"))
    assert (one.seller.identifier, one.buyer.identifier, one.buyer.name) == (
        SELLER,
        BUYER,
        "Ostajan Oy",
    )
    assert (one.buyer.street, one.buyer.post_code, one.buyer.town, one.buyer.email) == (
        "Ostotie 1",
        "50100",
        "Mikkeli",
        "ostot@ostaja.example",
    )
    (line,) = one.lines
    assert (line.text, line.net, line.vat_rate) == ("Asennus", Decimal("100.00"), Decimal("25.5"))
    assert line.quantities == (Quantity(Decimal(2), "h", "HUR"),)
    assert line.price == Quantity(Decimal("50.00"))
    assert (one.problems, one.notes, one.identity_codes) == ((), (), ())


@pytest.mark.parametrize("version", ["1.2", "1.3", "2.01", "3.0"])
@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-15", "ISO-8859-1", "windows-1252"])
def test_versions_and_encodings(version, encoding):
    (one,) = read_finvoice(
        finvoice_file(finvoice(version=version, name="Ähtäri Öljy Oy"), encoding=encoding)
    )
    assert one.buyer.name == "Ähtäri Öljy Oy"


def test_the_euro_sign_of_iso_8859_15():
    (one,) = read_finvoice(finvoice_file(finvoice(name="Euro € Oy"), encoding="ISO-8859-15"))
    assert one.buyer.name == "Euro € Oy"


def test_a_wide_file_is_read():
    (one,) = read_finvoice(finvoice_file(finvoice(name="Leveä Oy"), encoding="UTF-16"))
    assert one.buyer.name == "Leveä Oy"


def test_several_documents_with_frames_and_encodings_of_their_own():
    data = (
        FRAME.encode()
        + finvoice_file(finvoice("1", name="Äänekosken Oy"), encoding="ISO-8859-15")
        + FRAME.encode()
        + finvoice_file(finvoice("2", name="Öölannin Oy"))
        + finvoice("3", name="Ilman määrettä Oy").encode()
    )
    found = read_finvoice(data)
    assert [(one.position, one.number, one.buyer.name) for one in found] == [
        (1, "1", "Äänekosken Oy"),
        (2, "2", "Öölannin Oy"),
        (3, "3", "Ilman määrettä Oy"),
    ]
    starts = [at for at in range(len(data)) if data.startswith(b"<Finvoice ", at)]
    assert [one.line for one in found] == [data.count(b"\n", 0, at) + 1 for at in starts]


@pytest.mark.parametrize(
    "rest", [FRAME, "\n", '<SOAP-ENV:Envelope xmlns:SOAP-ENV="x"></SOAP-ENV:Envelope>']
)
def test_a_whole_frame_may_follow_the_last_invoice(rest):
    assert len(read_finvoice(finvoice_file(finvoice()) + rest.encode())) == 1


@pytest.mark.parametrize(
    "rest",
    ['<?xml version="1.0" encoding="UTF-8"?>\n', "<Finv", FRAME[:-30], FRAME[:120], "</Batch>"],
)
def test_what_was_cut_short_after_a_whole_invoice_is_damage(rest):
    with pytest.raises(UnreadableFile) as caught:
        read_finvoice(finvoice_file(finvoice()) + rest.encode())
    assert caught.value.code == "xml_damaged"


def test_a_prefix_of_the_elements_does_not_matter():
    data = (
        finvoice()
        .replace("<Finvoice ", '<f:Finvoice xmlns:f="urn:x" ')
        .replace("</Finvoice>", "</f:Finvoice>")
    )
    assert read_finvoice(data.encode())[0].number == "2001"


def test_a_comment_is_no_element():
    data = finvoice(details="<!-- <InvoicePaidAmount>5,00</InvoicePaidAmount> -->")
    assert read_finvoice(finvoice_file(data))[0].paid is None


def test_the_due_day_of_the_payment_slip_is_taken_where_the_terms_have_none():
    slip = '<EpiDateOptionDate Format="CCYYMMDD">20260220</EpiDateOptionDate>'
    data = finvoice(due=None).replace(
        "<EpiPaymentInstructionDetails>", f"<EpiPaymentInstructionDetails>{slip}"
    )
    (one,) = read_finvoice(finvoice_file(data))
    assert due_day(one) == (date(2026, 2, 20), ())


def test_what_cannot_be_read_is_named_with_its_line():
    rows = finvoice_row(quantity="kaksi", net="1.234,50")
    (one,) = read_finvoice(finvoice_file(finvoice(day="20260230", rows=rows)))
    assert [(p.code, p.facts["element"], p.facts["line"]) for p in one.problems] == [
        ("element_unreadable", "InvoiceDate", 14),
        ("element_unreadable", "InvoicedQuantity", 18),
        ("element_unreadable", "RowVatExcludedAmount", 21),
    ]


def test_what_is_missing_is_none():
    data = finvoice(number=None, day=None, due=None, net=None, name=None, buyer=None)
    (one,) = read_finvoice(finvoice_file(data))
    assert (one.number, one.issued_on, one.terms, one.net, one.buyer.name) == (
        "",
        None,
        (Terms(None),),
        None,
        "",
    )


def test_an_empty_document_is_read_as_empty():
    (one,) = read_finvoice(b"<Finvoice></Finvoice>")
    assert (one.number, one.total, one.lines, one.problems) == ("", None, (), ())


def test_a_post_office_box_is_part_of_the_street():
    data = finvoice().replace(
        "<CountryCode>FI",
        "<BuyerPostOfficeBoxIdentifier>220</BuyerPostOfficeBoxIdentifier><CountryCode>FI",
    )
    assert read_finvoice(finvoice_file(data))[0].buyer.street == "Ostotie 1, PL 220"


def test_identity_codes_are_found_in_any_element_and_attribute():
    data = finvoice(
        buyer="131052-308T", details='<InvoiceFreeText lang="131052-308U">x</InvoiceFreeText>'
    )
    (one,) = read_finvoice(finvoice_file(data))
    assert one.identity_codes == (("BuyerPartyIdentifier", "valid"), ("InvoiceFreeText", "suspect"))
    assert "131052" not in repr(one.identity_codes[0])


def test_too_many_invoices_are_refused(monkeypatch):
    monkeypatch.setattr("queries.intake.invoices.finvoice.MOST_INVOICES", 2)
    with pytest.raises(UnreadableFile) as caught:
        read_finvoice(finvoice_file(finvoice("1"), finvoice("2"), finvoice("3")))
    assert caught.value.code == "too_many_rows"


def test_depth_is_limited():
    deep = "<a>" * 300 + "</a>" * 300
    with pytest.raises(UnreadableFile) as caught:
        read_finvoice(finvoice_file(finvoice(details=deep)))
    assert caught.value.code == "xml_damaged"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("1234.50", 123450), ("-0.005", -1), ("0.005", 1), ("0", 0), ("-12.344", -1234)],
)
def test_cents(amount, expected):
    assert cents(Decimal(amount)) == expected


def test_a_declaration_of_the_encoding_that_was_left_behind_is_named():
    data = finvoice_file(finvoice(name="Öljy Oy")).replace(b"UTF-8", b"ISO-8859-15", 1)
    (one,) = read_finvoice(data)
    assert (one.buyer.name, [(note.code, note.facts) for note in one.notes]) == (
        "Öljy Oy",
        [("encoding_not_as_declared", {"declared": "iso-8859-15"})],
    )


def test_an_invoice_inside_a_wrapper_is_read_and_one_in_a_comment_or_text_is_not():
    wrapped = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:f="urn:f"><s:Body>'
        + finvoice("1").replace("<Finvoice ", "<f:Finvoice ").replace("</Fin", "</f:Fin")
        + f"<!-- {finvoice('2')} --><![CDATA[{finvoice('3')}]]><?old {finvoice('4')} ?>"
        + finvoice("5")
        + "</s:Body></s:Envelope>"
    )
    assert [one.number for one in read_finvoice(wrapped.encode())] == ["1", "5"]


@pytest.mark.parametrize(
    ("more", "element"),
    [
        ({"name": "Ostajan \u202eyO"}, "BuyerOrganisationName"),
        ({"rows": finvoice_row(text="Asennus \u2066")}, "ArticleName"),
    ],
)
def test_a_mark_that_turns_the_text_around_is_a_problem(more, element):
    (one,) = read_finvoice(finvoice_file(finvoice(**more)))
    assert one.problems == (Reason("control_character", {"column": element}),)
