"""Display of people's own text as text: never as Markdown, HTML, an icon or an emoji short code.

Streamlit's Markdown turns ``*a*``, ``:red[a]`` or ``$a$`` into something else even where
backslashes are left; HTML with every character escaped is shown to the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st


def heading(text: str, *, level: int = 1, after: str = "") -> None:
    """A heading with someone's text; ``after`` is a smaller line below it."""
    below = f'<p class="register-below">{escape(after)}</p>' if after else ""
    st.html(f'<h{level} class="register-heading">{escape(text)}</h{level}>{below}')


def lines(*texts: str, small: str = "") -> None:
    """Some lines of text, and a smaller one below them."""
    whole = "<br>".join(escape(text) for text in texts if text)
    below = f'<div class="register-small">{escape(small)}</div>' if small else ""
    st.html(f'<div class="register-lines">{whole}{below}</div>')


def marked(before: str, found: str, after: str, *, small: str = "") -> None:
    """Some text with a part of it marked, and a smaller line above."""
    above = f'<div class="register-small">{escape(small)}</div>' if small else ""
    st.html(
        f'<div class="register-lines">{above}{escape(before)}<mark>{escape(found)}</mark>'
        f"{escape(after)}</div>"
    )


def chips(texts: Iterable[str]) -> None:
    """Short words in a row, such as roles and a status."""
    st.html(
        '<div class="register-chips">'
        + "".join(f"<span>{escape(text)}</span>" for text in texts)
        + "</div>"
    )


def figure(label: str, value: str, *, small: str = "") -> None:
    """A figure under its label; in a narrow column a long one is smaller, never cut or broken."""
    below = f'<div class="register-small">{escape(small)}</div>' if small else ""
    st.html(
        f'<div class="register-figure"><span>{escape(label)}</span>'
        f'<strong style="--signs:{len(value)}">{escape(value)}</strong>{below}</div>'
    )


def chapter(
    title: str, blocks: Iterable[tuple[bool, Sequence[str]]], *, language: str, level: int = 3
) -> None:
    """A part of a document in its own language: paragraphs, and lists where a block is one."""
    body = "".join(
        f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
        if listed
        else "".join(f"<p>{escape(text)}</p>" for text in texts)
        for listed, texts in blocks
    )
    st.html(
        f'<div class="register-chapter" lang="{escape(language)}">'
        f"<h{level}>{escape(title)}</h{level}>{body}</div>"
    )


def changes(title: str, lines: Iterable[tuple[bool, str]], *, language: str) -> None:
    """Lines of a document that were added (True) or taken out, with their signs."""
    body = "".join(
        f"<li><ins>{escape(text)}</ins></li>" if added else f"<li><del>{escape(text)}</del></li>"
        for added, text in lines
    )
    head = f"<h3>{escape(title)}</h3>" if title else ""
    st.html(
        f'<div class="register-chapter register-changes" lang="{escape(language)}">'
        f"{head}<ul>{body}</ul></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Labels and values below each other."""
    st.html(
        '<dl class="register-facts">'
        + "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in pairs)
        + "</dl>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "") -> None:
    """A plain table for short lists: readable by screen readers, nothing to click."""
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    st.html(
        f'<div class="register-scroll"><table class="register-table">{title}'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


STYLE = """
<style>
.register-heading{margin:0;padding:0;line-height:1.2;overflow-wrap:anywhere}
.register-below,.register-small{opacity:.75;margin:.15rem 0 0;font-size:.875rem}
.register-lines{overflow-wrap:anywhere;line-height:1.45}
.register-chips{display:flex;flex-wrap:wrap;gap:.35rem}
.register-chips span{border:1px solid currentColor;border-radius:1rem;padding:.05rem .6rem;
 font-size:.8125rem;opacity:.85}
.register-facts{display:grid;grid-template-columns:fit-content(50%) 1fr;gap:.25rem 1rem}
dl.register-facts{margin:0;padding:0!important}
.register-facts dt{opacity:.75}.register-facts dd{margin:0;overflow-wrap:anywhere}
.register-figure{display:flex;flex-direction:column;overflow-wrap:anywhere;line-height:1.3}
.register-figure span{font-size:.875rem;opacity:.85}
.register-figure{container-type:inline-size}
/* A sign is six tenths of its height wide: 160 = 100 / 0.62. */
.register-figure strong{font-size:min(1.3rem,calc(160cqi / var(--signs)));
 font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.register-scroll{overflow-x:auto}
.register-table{border-collapse:collapse;width:100%;font-size:.9rem}
.register-table caption{text-align:left;opacity:.75;padding:0 0 .3rem}
.register-table th{text-align:left;font-weight:600;opacity:.8}
.register-table th,.register-table td{padding:.3rem .6rem .3rem 0;vertical-align:top;
 border-bottom:1px solid rgba(128,128,128,.3);overflow-wrap:break-word}
.register-chapter{max-width:46rem;overflow-wrap:anywhere;line-height:1.5}
.register-chapter h3{font-size:1.1rem;margin:0 0 .25rem;padding:0}
.register-chapter p,.register-chapter ul{margin:.25rem 0}
.register-changes ul{list-style:none;padding-left:0}
.register-changes li{margin:.3rem 0;padding-left:1.2rem;text-indent:-1.2rem}
.register-changes ins::before{content:"+ ";font-weight:700}
.register-changes del::before{content:"\\2212 ";font-weight:700}
.register-changes ins{text-decoration:none;background:rgba(46,160,67,.18)}
.register-changes del{text-decoration:line-through;background:rgba(207,34,46,.14)}
/* The dark theme's buttons are light: white on them is not read (WCAG 2.2, 1.4.3). */
button[kind=primary]:not(:disabled),button[kind=primaryFormSubmit]:not(:disabled){color:light-dark(#ffffff,#14191d)!important}
/* Three languages fit beside each other in the side bar. */
[data-testid=stSidebar] [data-testid=stButtonGroup] button{padding-left:.5rem;padding-right:.5rem}
</style>
"""


def style() -> None:
    """The few rules that the elements above need; drawn once a run by the entry script."""
    st.html(STYLE)
