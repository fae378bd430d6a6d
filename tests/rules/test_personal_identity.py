"""Only codes with individual numbers from 900 are used here, besides the law's own example."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.rules.personal_identity import IdentityCodeFinding, find_personal_identity_codes
from tests.support.work import calls_of

CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)


def found(text):
    return [(finding.code, finding.certainty) for finding in find_personal_identity_codes(text)]


@st.composite
def codes(draw):
    """A valid temporary code of any century and sign."""
    sign = draw(st.sampled_from(sorted(SIGNS)))
    century = SIGNS[sign]
    born = draw(st.dates(date(century, 1, 1), date(century + 99, 12, 31)))
    digits = f"{born.day:02d}{born.month:02d}{born.year % 100:02d}"
    number = draw(st.integers(900, 999))
    return f"{digits}{sign}{number}{CHECKS[int(f'{digits}{number}') % 31]}"


separators = st.sampled_from(["", " ", "Synt. ", "(", "hetu:", "\n", ";", "_", "/", '"', "ä "])
ends = st.sampled_from(["", " ", ", Mikkeli", ")", "\n", ";", "_", "/", '"', ".", "…"])


@given(codes(), separators, ends)
def test_a_valid_code_is_found_anywhere(code, before, after):
    assert found(before + code + after) == [(code, "valid")]
    assert found(before + code.lower() + after) == [(code, "valid")]


@given(codes(), st.sampled_from("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63\u00ad\u2043"))
def test_dashes_of_other_kinds_do_not_hide_it(code, dash):
    assert found(code.replace("-", dash)) == [(code, "valid")]


@given(codes(), st.integers(0, 10), st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f"))
def test_marks_that_are_not_seen_do_not_hide_it(code, place, mark):
    assert (code, "valid") in found(code[:place] + mark + code[place:])


@given(codes())
def test_wide_characters_do_not_hide_it(code):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert found(wide) == [(code, "valid")]


@given(codes(), st.sampled_from("0123456789abzäÖ"), st.booleans())
def test_it_is_not_found_inside_a_longer_run(code, neighbour, before):
    assert found(neighbour + code if before else code + neighbour) == []


@given(codes(), st.integers(1, 30))
def test_a_wrong_check_letter_is_suspect(code, step):
    check = CHECKS[(CHECKS.index(code[-1]) + step) % 31]
    expected = [] if check.isdigit() and code[6] in "-+" else [(code[:-1] + check, "suspect")]
    if not expected and not code.startswith("0"):
        expected = [(code[:-1] + check, "suspect")]
    assert found(code[:-1] + check) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("131052-308T", [("131052-308T", "valid")]),
        ("131052A308T", [("131052A308T", "valid")]),
        ("131052\u2011308t", [("131052-308T", "valid")]),
        ("131052-308U", [("131052-308U", "suspect")]),
        ("310252-308Y", [("310252-308Y", "suspect")]),
        ("290200A9010", [("290200A9010", "suspect")]),
        ("290200-901M", [("290200-901M", "suspect")]),
        ("131052-3080", [("131052-3080", "suspect")]),
        ("131052 -308T", [("131052-308T", "suspect")]),
        ("131052-308T ja 131052-308T", [("131052-308T", "valid")] * 2),
        ("1-131052-308T", [("131052-308T", "valid")]),
        ("010101-131052-308T", [("131052-308T", "valid")]),
    ],
)
def test_examples(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "2026-03-05",
        "20260305-1234",
        "5.3.2026",
        "FI2112345600000785",
        "FI21 1234 5600 0007 85",
        "040123-4567",
        "050123-4567",
        "2025-131052-3080",
        "131052-3080-1",
        "131052 - 3080",
        "131052 308T",
        "131052308T",
        "131052-308",
        "131052-308TT",
        "311399-1234",
        "411052-308T",
        "132052-308T",
        "131052*308T",
        "131052-30 8T",
        "lasku 131052-308Ä",
        "0112038-9",
        "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "RF332348236",
        "+358401234567",
    ],
)
def test_no_finding(text):
    assert found(text) == []


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_dates_are_no_findings(day):
    written = [day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d%m%y}", f"{day:%Y%m%d}-{day:%H%M}"]
    assert found(" ".join(written)) == []


@given(st.text())
def test_any_text_can_be_searched(text):
    assert all(isinstance(f, IdentityCodeFinding) for f in find_personal_identity_codes(text))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1_000_000,
        "131052-" * 150_000,
        "\u200b" * 1_000_000,
        "131052 " * 150_000,
        "ﷺ" * 100_000,
        "".join(map(chr, range(0x20, 0xD800))) * 20,
    ],
    ids=["digits", "starts", "unseen", "spaces", "growing", "all scripts"],
)
def test_a_megabyte_is_searched_to_its_end(text):
    """A search that went back and forth would take hours."""
    assert find_personal_identity_codes(text) == []
    assert calls_of(lambda: find_personal_identity_codes(text)) <= len(text)


def test_a_finding_does_not_show_its_code():
    (finding,) = find_personal_identity_codes("131052-308T")
    assert "131052" not in f"{finding} {finding!r}"
