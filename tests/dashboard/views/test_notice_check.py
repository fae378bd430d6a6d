"""The page on which a published notice is checked: pasted, read, forgotten."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.words import LANGUAGES, has_word, word
from queries.documents.notice import check
from queries.rules.notice_words import BASES, PARTS
from queries.store.tables import Setting
from tests.factories.notices import GOOD, HOUSE
from tests.factories.post_code_files import bring_codes, pcf
from tests.factories.proof_rows import STAMP, put
from tests.factories.recipients import make_recipient
from tests.support.apps import page, press, signed_in, texts
from tests.support.filled import filled_once
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"

#: An address with one post code in line 6 and another one elsewhere.
TWO_CODES = {"where": "Mallikatu 10", "first": "50100", "line": 6, "second": "00580"}


@filled_once
def house(sqlite_store):
    put(sqlite_store, Setting(name="controller", value=json.dumps(HOUSE), **STAMP))
    return sqlite_store


def checked(store, pasted, role="manager", **more):
    app = page(signed_in(store, role, **more), "notice_check")
    app.text_area(key="notice_check.text").set_value(pasted)
    return press(app, "notice_check.check")


def codes():
    """Every code of a finding that the source names."""
    tree = ast.parse(Path(check.__file__).read_text(encoding="utf-8"))
    found = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"CheckFinding", "_of_proof"}
        and isinstance(call.args[0], ast.Constant)
    }
    fields = (
        "name",
        "street",
        "town",
        "email",
        "contact_name",
        "contact_email",
        "phone",
        "contact_phone",
    )
    return found | {f"{name}_differs" for name in fields} | {f"basis_{code}" for code in BASES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_and_part_has_its_words(language):
    assert len(codes()) > 20
    for code in codes():
        assert has_word(f"notice_check.found.{code}", language), code
        assert has_word(f"notice_check.do.{code}", language), code
    assert all(has_word(f"notice_check.parts.{part.code}", language) for part in PARTS)


def test_what_differs_is_listed_with_its_place_and_what_to_do(house):
    app = checked(house, GOOD.replace("50100 Mikkeli.", "00580 Mikkeli."))
    said = texts(app)
    assert word("notice_check.found.two_post_codes", "fi", **TWO_CODES) in said
    assert (
        fi(
            "notice_check.line",
            n=43,
            quote="Pyynnöt osoitteeseen Esimerkki Oy, Mallikatu 10, 00580 Mikkeli.",
        )
        in said
    )
    assert fi("notice_check.no_codes") in said
    assert [head.value for head in app.header] == [fi("notice_check.wrong")]


def test_with_the_list_of_codes_the_town_is_named(house):
    bring_codes(house, pcf())
    said = texts(checked(house, GOOD.replace("50100 Mikkeli.", "00580 Mikkeli.")))
    assert (
        fi("notice_check.found.post_code_not_of_town", code="00580", town="Mikkeli", of="Helsinki")
        in said
    )
    assert fi("notice_check.no_codes") not in said


def test_a_notice_without_differences_is_told_so(house):
    app = checked(house, GOOD)
    assert [one.value for one in app.success] == [fi("notice_check.none")]


def test_parts_that_are_missing_are_named(house):
    make_recipient(house)
    said = texts(checked(house, "Rekisterinpitäjä Esimerkki Oy"))
    assert start_of("notice_check.missing_part", part=fi("notice_check.parts.objection")) in said
    missing = fi("notice_check.parts.recipients")
    (citation,) = [part.citation for part in PARTS if part.code == "recipients"]
    assert fi("notice_check.missing_recipients", part=missing, citation=citation, n=1) in said
    assert fi("notice_check.do_conditional") in said


def test_hostile_text_is_quoted_to_the_letter(house):
    pasted = f"{HOSTILE} uutiskirje\nVarasto, {HOSTILE}, 00580 Mikkeli"
    app = checked(house, pasted)
    bodies = "".join(element.proto.body for element in app.get("html"))
    assert "*Ab* [x](javascript:alert(1)) :red[y] $z$ &lt;img src=x&gt; &amp; Oy" in bodies
    shown = [element.value for kind in ("markdown", "info", "caption") for element in app.get(kind)]
    assert [one for one in shown if "*Ab*" in str(one)] == []


def test_nothing_that_was_pasted_is_kept(house):
    checked(house, GOOD + "\nSalaisuus-9f2c\n")
    with house.engine.connect() as connection:
        tables = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'")
        ).scalars()
        for name in list(tables):
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).all()  # noqa: S608 - our own tables
            assert "Salaisuus-9f2c" not in repr(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_users_language(house, language):
    pasted = GOOD.replace("50100 Mikkeli.", "00580 Mikkeli.")
    sentence = word("notice_check.found.two_post_codes", language, **TWO_CODES)
    assert sentence in texts(checked(house, pasted, "viewer", language=language))
