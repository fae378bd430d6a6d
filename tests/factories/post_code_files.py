"""A made-up file of post codes in the form of Posti's."""

from __future__ import annotations

from queries.intake.post_codes import read_pcf
from queries.store.sessions import Store
from queries.writes.notice.post_codes import ReplacePostCodes, replace_post_codes
from tests.factories.records import MAKER

#: Real codes, towns and municipalities; the days are made up.
PLACES = (
    ("50100", "MIKKELI", "S:T MICHEL", "MIKKELI", "S:T MICHEL"),
    ("52100", "ANTTOLA", "ANTTOLA", "MIKKELI", "S:T MICHEL"),
    ("00580", "HELSINKI", "HELSINGFORS", "HELSINKI", "HELSINGFORS"),
    ("00530", "HELSINKI", "HELSINGFORS", "HELSINKI", "HELSINGFORS"),
    ("57130", "SAVONLINNA", "NYSLOTT", "SAVONLINNA", "NYSLOTT"),
)


def pcf_line(
    code: str,
    name_fi: str,
    name_sv: str,
    municipality_fi: str = "",
    municipality_sv: str = "",
    *,
    run_on: str = "20260302",
    valid_from: str = "19910101",
) -> str:
    return (
        f"PONOT{run_on}{code}{name_fi:<30}{name_sv:<30}{name_fi[:12]:<12}{name_sv[:12]:<12}"
        f"{valid_from}1{'FI1D1':<5}{'Etelä-Savo':<30}{'Södra Savolax':<30}491"
        f"{municipality_fi:<20}{municipality_sv:<20}1"
    )


def pcf(*places: tuple[str, ...], end: str = "\r\n", **more: str) -> bytes:
    lines = [pcf_line(*place, **more) for place in places or PLACES]
    return "".join(f"{line}{end}" for line in lines).encode("iso-8859-1")


def bring_codes(store: Store, raw: bytes) -> int:
    file = read_pcf(raw)
    inputs = ReplacePostCodes(places=file.places, run_on=file.run_on, sha256="0" * 64)
    return store.carry_out(replace_post_codes, inputs, actor=MAKER)
