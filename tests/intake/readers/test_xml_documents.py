"""XML documents that a file holds, in any well-formed wrapping, and what is not one."""

from __future__ import annotations

import pytest

from queries.errors import UnreadableFile
from queries.intake.readers.xml_documents import documents


def found(raw: bytes) -> list[tuple[int, str, str, str | None]]:
    """Line, name, text of the root and what was declared untruly, of each document."""
    return [(one.line, one.name, one.root.text or "", one.declared) for one in documents(raw)]


def refused(raw: bytes) -> tuple[str, dict[str, object]]:
    with pytest.raises(UnreadableFile) as caught:
        list(documents(raw))
    return caught.value.code, caught.value.facts


@pytest.mark.parametrize(
    ("named", "codec"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("windows-1257", "cp1257"),
        ("IBM850", "cp850"),
        ("macintosh", "mac_roman"),
        ("koi8-r", "koi8-r"),
    ],
)
def test_an_encoding_that_is_declared_truly_is_read(named, codec):
    text = "Ж" if codec == "koi8-r" else "Öylättä"
    raw = f"<?xml version='1.0' encoding='{named}'?>\n<a>{text}</a>".encode(codec)
    assert found(raw) == [(1, "a", text, None)]


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark_is_believed_before_the_declaration(codec):
    raw = "<?xml version='1.0' encoding='ISO-8859-1'?><a>Öylä</a>".encode(codec)
    assert [one[1:3] for one in found(raw)] == [("a", "Öylä")]


def test_utf_8_under_a_declaration_that_was_left_behind_is_read_and_named():
    raw = "<?xml version='1.0' encoding='ISO-8859-15'?><a>Öylä</a>".encode()
    assert found(raw) == [(1, "a", "Öylä", "iso-8859-15")]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("<a>Öylä</a>".encode("cp1252"), "utf-8"),
        ("<?xml version='1.0' encoding='utf-8'?><a>Öylä</a>".encode("cp1252"), "utf-8"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "no-such"),
        (b"<?xml version='1.0' encoding='utf-16'?><a/>", "utf-16"),
        (b"<?xml version='1.0' encoding='shift_jis'?><a/>", "shift_jis"),
    ],
)
def test_an_encoding_that_is_not_true_is_refused_by_its_name(raw, encoding):
    assert refused(raw) == ("wrong_encoding", {"encoding": encoding})


def test_documents_one_after_another_each_have_their_own_encoding():
    raw = (
        b"<?xml version='1.0'?>\n<frame/>\n"
        + "<?xml version='1.0' encoding='iso-8859-15'?>\n<a>Ö €</a>\n\n".encode("iso-8859-15")
        + "\ufeff<?xml version='1.0'?>\n<b>Ä</b><c>\n</c>".encode()
        + "<d>å</d>\n".encode()
    )
    assert found(raw) == [
        (1, "frame", "", None),
        (3, "a", "Ö €", None),
        (6, "b", "Ä", None),
        (7, "c", "\n", None),
        (8, "d", "å", None),
    ]


def test_only_elements_count_and_the_outermost_ones():
    (one,) = documents(
        b"<S:e xmlns:S='urn:s' xmlns:f='urn:f'><S:b><!-- <F>1</F> --><![CDATA[<F>2</F>]]>"
        b"<?F <F>3</F> ?><f:F><F>inside</F></f:F>\n<F>4</F></S:b></S:e>"
    )
    assert [(element.text, one.line_of(element)) for element in one.elements("F")] == [
        (None, 1),
        ("4", 2),
    ]
    assert (one.name, one.namespace) == ("e", "urn:s")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"<a>\n<b></a>", 2),
        (b"<a/>\n</b>", 2),
        (b"<a/>\n\n<b>", 3),
        (b"<a/><?xml version='1.0'?>\n", 2),
        (b"<a/> text", 1),
        (b"<a>&none;</a>", 1),
        (b"<a>" * 300 + b"</a>" * 300, 1),
        (b"\n\n<", 3),
    ],
)
def test_damage_is_named_by_its_line(raw, line):
    assert refused(raw) == ("xml_damaged", {"line": line})


def test_a_document_type_is_refused_by_its_line_in_the_file():
    raw = b"<a/>\n<?xml version='1.0'?>\n<!DOCTYPE b [<!ENTITY c 'd'>]><b>&c;</b>"
    assert refused(raw) == ("xml_entities", {"line": 3})


def test_many_small_documents_are_refused(monkeypatch):
    monkeypatch.setattr("queries.intake.readers.xml_documents.MOST_DOCUMENTS", 3)
    assert found(b"<a/>" * 3) == [(1, "a", "", None)] * 3
    assert refused(b"<a/>" * 4) == ("too_many_rows", {"line": 1, "most": 3})


@pytest.mark.parametrize(
    "part", [b"<?xml ", b"<!--", b"<![CDATA[", b"<a ", b"<Finvoice>", b"<!DOCTYPE a ", b"&#", b"<"]
)
def test_a_file_that_repeats_an_opening_is_answered_at_its_first_fault(part):
    """Each of them once took time by the square of its length; here the first fault ends it."""
    code, _facts = refused(part * (2_000_000 // len(part)))
    assert code in {"xml_damaged", "xml_entities"}
