"""The forms of manual material: records, moves, loans, destruction, rooms and keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dashboard.ui import clock
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Code, Field, edit_form
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from queries.reads.paper.records import LoanRow, PaperCard
from queries.reads.paper.rooms import HolderRow, RoomRow, rooms, usernames
from queries.rules.paper import PAPER_CLASSES
from queries.rules.roles import Permission
from queries.store.tables import DestructionMethod, PaperKind
from queries.writes.paper.destruction import NoteDestruction, note_destruction
from queries.writes.paper.records import (
    AmendPaper,
    LendPaper,
    MovePaper,
    ReturnPaper,
    amend_paper,
    lend_paper,
    move_paper,
    return_paper,
)
from queries.writes.paper.rooms import AmendKey, AmendRoom, amend_key, amend_room

#: How long a loan is, when nobody says otherwise.
_LOAN = timedelta(days=14)


def _field(
    name: str, kind: str = "text", *, label: str = "", help_: str = "", **more: Any
) -> Field:
    words = f"paper_fields.{help_}" if help_ else ""
    return Field(name, kind, label=f"paper_fields.{label or name}", help=words, **more)


_PAPER = (
    _field("title", row="1", width=3, help_="title_help"),
    _field("kind", "choice", options=tuple(PaperKind), words="paper_kinds", row="1"),
    _field(
        "class_code", "choice", options=PAPER_CLASSES, words="retention_classes", row="2", width=2
    ),
    _field("starts_on", "day", row="2"),
    _field("ends_on", "day", row="2", help_="ends_on_help"),
)
_LEND = (
    _field("lent_to", row="1"),
    _field("reason", row="1"),
    _field("lent_on", "day", row="2"),
    _field("due_on", "day", row="2"),
)
_DESTROY = (
    _field("destroyed_on", "day", row="1"),
    _field(
        "method",
        "choice",
        options=tuple(DestructionMethod),
        words="destruction_methods",
        row="1",
        width=2,
    ),
    _field("destroyed_by", row="2"),
    _field("witness", row="2", help_="witness_help"),
)
_ROOM = (
    _field("name", label="room_name", row="1"),
    _field("place", label="room_place", row="1"),
    _field("lock", help_="lock_help", row="2", width=2),
    _field("closed_on", "day", help_="closed_on_help", row="2"),
)


def paper_button(form: str, label: str, *, icon: str = "edit", primary: bool = False) -> None:
    """The button that opens a form of paper; nothing for who does not keep it."""
    if may(Permission.KEEP_PAPER):
        open_form(form, label, icon=icon, kind="primary" if primary else "tertiary")


def new_paper_form() -> None:
    """Add a record and say where it is."""
    last = clock.today().year - 1
    values = {
        "starts_on": clock.today().replace(year=last, month=1, day=1),
        "ends_on": clock.today().replace(year=last, month=12, day=31),
    }
    edit_form(
        "paper-new",
        (*_PAPER, *_place(None)),
        values,
        command=amend_paper,
        inputs=AmendPaper,
        fixed={},
        done="paper.added",
        opens="paper",
    )


def paper_form(card: PaperCard) -> None:
    """Correct a record."""
    values = {field.name: getattr(card.row, field.name) for field in _PAPER}
    edit_form(
        f"paper-{card.row.id}",
        _PAPER,
        values,
        command=amend_paper,
        inputs=AmendPaper,
        fixed=_seen(card),
    )


def move_form(card: PaperCard) -> None:
    """Draw the form that moves a record."""
    edit_form(
        f"move-{card.row.id}",
        _place(card.room_id),
        {"room_id": card.room_id, "shelf": card.row.shelf},
        command=move_paper,
        inputs=MovePaper,
        fixed=_seen(card),
        done="paper.moved",
        submit="paper.move",
    )


def loan_form(card: PaperCard, loan: LoanRow | None) -> None:
    """Lend a record out, or correct the loan."""
    today = clock.today()
    values: dict[str, Any] = {"lent_on": today, "due_on": today + _LOAN}
    if loan is not None:
        values = {field.name: getattr(loan, field.name) for field in _LEND}
    fixed = {**_seen(card), "loan_id": None if loan is None else loan.id}
    edit_form(
        f"loan-{card.row.id}",
        _LEND,
        values,
        command=lend_paper,
        inputs=LendPaper,
        fixed=fixed,
        done="paper.lent",
        submit="paper.lend" if loan is None else "forms.save",
    )


def return_form(card: PaperCard) -> None:
    """Draw the form that takes a record back."""
    edit_form(
        f"return-{card.row.id}",
        (_field("returned_on", "day"),),
        {"returned_on": clock.today()},
        command=return_paper,
        inputs=ReturnPaper,
        fixed=_seen(card),
        done="paper.returned",
        submit="paper.return",
    )


def destruction_form(card: PaperCard) -> None:
    """Write the line of a destruction, or correct it."""
    line = card.destruction
    values: dict[str, Any] = {"destroyed_on": clock.today()}
    if line is not None:
        values = {field.name: getattr(line, field.name) for field in _DESTROY}
    edit_form(
        f"destroy-{card.row.id}",
        _DESTROY,
        values,
        command=note_destruction,
        inputs=NoteDestruction,
        fixed=_seen(card),
        done="paper.destroyed",
        submit="paper.destroy",
    )


def room_form(room: RoomRow | None) -> None:
    """Add a room or correct one."""
    values = {field.name: getattr(room, field.name, None) for field in _ROOM}
    fixed = {} if room is None else {"id": room.id, "version": room.version}
    edit_form(
        f"room-{'new' if room is None else room.id}",
        _ROOM,
        values,
        command=amend_room,
        inputs=AmendRoom,
        fixed=fixed,
        done="paper.room_saved",
    )


def key_form(room_id: int, holder: HolderRow | None) -> None:
    """Hand out a key, or correct who has it and until when."""
    users = ask(usernames)
    if holder is not None and holder.username and holder.username not in users:
        users = (*users, holder.username)
    names: dict[Code, str] = {None: t("paper.no_user"), **{name: name for name in users}}
    fields = (
        _field("name", label="holder", row="1"),
        _field("username", "choice", options=(None, *users), names=names, row="1"),
        _field("reason", label="key_reason"),
        _field("held_from", "day", row="2"),
        _field("held_until", "day", row="2"),
    )
    values: dict[str, Any] = {"held_from": clock.today()}
    fixed: dict[str, Any] = {"room_id": room_id}
    if holder is not None:
        values = {field.name: getattr(holder, field.name) for field in fields}
        fixed |= {"id": holder.id, "version": holder.version}
    name = f"key-new-{room_id}" if holder is None else f"key-{holder.id}"
    edit_form(
        name,
        fields,
        values,
        command=amend_key,
        inputs=AmendKey,
        fixed=fixed,
        done="paper.key_saved",
    )


def _seen(card: PaperCard) -> dict[str, Any]:
    return {"id": card.row.id, "version": card.version}


def _place(room_id: int | None) -> tuple[Field, ...]:
    """Room and shelf; the rooms are those in use and the one where the record is."""
    found = {
        row.id: row.name
        for row in ask(rooms, today=clock.today())
        if row.is_open or row.id == room_id
    }
    return (
        _field(
            "room_id",
            "choice",
            options=(None, *found),
            names={None: t("paper.no_room"), **found},
            row="3",
        ),
        _field("shelf", row="3"),
    )
