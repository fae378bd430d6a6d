"""Plain pages that people outside the company reach without signing in.

Such a page has no script, no cookie and nothing personal in it. Who may write there proves it by
what the address or the message itself carries, so the origin of a browser says nothing: a mail
program has none, and a page that sends no referrer says ``null`` (Fetch Standard, "serialize a
request origin").
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse

from dashboard.web.doorway import DEFAULT_LANGUAGE
from dashboard.words import LANGUAGES, word

#: The first parts of the addresses that are open to everybody, with any origin.
OUTSIDE = ("/unsubscribe", "/forms")

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--deed:#0b57d0;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8ee;--paper:#16161a;--deed:#a8c7fa;--on:#062e6f}}
body{background:var(--paper);color:var(--ink);font:1.125rem/1.55 system-ui,sans-serif;margin:0}
main{max-width:34rem;margin:0 auto;padding:12vh 1.25rem 2rem;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}
p{margin:0 0 1rem}
button{font:inherit;font-weight:600;color:var(--on);background:var(--deed);border:0;
border-radius:.5rem;padding:.75rem 1.25rem;min-height:3rem;cursor:pointer}
button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
"""


def is_outside(path: str) -> bool:
    """Check if an address is one of those that are open to everybody."""
    return any(path == place or path.startswith(f"{place}/") for place in OUTSIDE)


def plain_page(
    language: str,
    title: str,
    paragraphs: Sequence[str],
    *,
    button: str | None = None,
    hidden: Sequence[tuple[str, str]] = (),
    status: int = 200,
    retry_after: int | None = None,
) -> HTMLResponse:
    """A page of a few sentences, with at most one button that sends a form to the same address.

    :param hidden: fields that go with the form.
    """
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden
    )
    form = f'<form method="post">{fields}<button>{escape(button)}</button></form>' if button else ""
    said = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    headers = {"Referrer-Policy": "no-referrer"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return sheet(language, title, f"{said}{form}", status=status, headers=headers)


def sheet(
    language: str,
    title: str,
    inner: str,
    *,
    style: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A whole page around what is in it.

    :param inner: HTML whose every text is escaped.
    :param style: rules beside those of every such page.
    """
    rules = _STYLE + style
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f"<style>{rules}</style></head><body><main><h1>{escape(title)}</h1>{inner}</main>"
        "</body></html>",
        status,
        {
            "Content-Security-Policy": policy(rules),
            "X-Robots-Tag": "noindex, nofollow",
            **(headers or {}),
        },
    )


def policy(rules: str) -> str:
    """Content-Security-Policy: the page's own style and its own form, nothing else."""
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )


#: That of a page without rules of its own.
POLICY = policy(_STYLE)


def too_often(language: str, seconds: int) -> HTMLResponse:
    """The answer to who asks too often (RFC 6585 section 4)."""
    return plain_page(
        language,
        word("outside.too_often_title", language),
        [word("outside.too_often", language)],
        status=429,
        retry_after=seconds,
    )


def preferred_language(header: str | None) -> str:
    """The language that a browser asks for (RFC 9110, 12.5.4); Finnish when it is none of ours.

    >>> preferred_language("de;q=0.9, sv-FI;q=0.8, en;q=0.1"), preferred_language(None)
    ('sv', 'fi')
    >>> preferred_language("en;q=0"), preferred_language("en;q=x"), preferred_language("fi;q=.2,en")
    ('fi', 'fi', 'en')
    """
    best, chosen = 0.0, DEFAULT_LANGUAGE
    for part in (header or "").split(",")[:20]:
        tag, _, weight = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            share = float(weight.strip().removeprefix("q=") or "1")
        except ValueError:
            continue
        if code in LANGUAGES and best < share <= 1:
            best, chosen = share, code
    return chosen
