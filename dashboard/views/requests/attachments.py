"""Attachments of a request: what came with it."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from dashboard.ui.widget_labels import draw_limit
from queries.reads.requests.request_card import RequestCard, attachment_file
from queries.rules.attachments import MOST_BYTES
from queries.rules.roles import Permission
from queries.writes.requests import requests


def draw_attachments(card: RequestCard) -> None:
    """The letters as they came, and one more."""
    for row in card.attachments:
        safe_html.lines(row.name, small=f"{row.size // 1000 + 1} kB · {row.added_by}")
        key = f"attachment-{row.id}"
        if st.session_state.get(f"{key}!wanted"):
            stored = ask(attachment_file, row.id)
            st.download_button(
                t("requests.save_file"),
                stored.content,
                stored.name,
                "application/octet-stream",
                key=f"{key}.save",
                icon=":material/download:",
                on_click="ignore",
            )
        else:
            st.button(
                t("requests.fetch_file"),
                key=f"{key}.fetch",
                icon=":material/draft:",
                on_click=_want,
                args=(key,),
            )
    if card.is_open and may(Permission.HANDLE_REQUESTS):
        key = f"upload-{card.id}-{card.version}"
        most = MOST_BYTES // 1_000_000
        draw_limit("upload-", most)
        given = st.file_uploader(
            t("requests.attach"), key=key, help=t("requests.attach_help"), max_upload_size=most
        )
        if given is not None:
            st.button(
                t("requests.attach_now"),
                key=f"{key}.keep",
                icon=":material/attach_file:",
                on_click=_attach,
                args=(card, key),
            )


def _want(key: str) -> None:
    st.session_state[f"{key}!wanted"] = True


def _attach(card: RequestCard, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        act(
            requests.add_attachment,
            requests.AddAttachment(
                request_id=card.id, version=card.version, name=given.name, content=given.getvalue()
            ),
            token=f"attach-{card.id}-{card.version}",
        )
