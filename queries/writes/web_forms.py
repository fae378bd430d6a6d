"""Commands on the contact forms of web sites: where one may come from, and its secret.

The secret is made by whoever shows it, once; the store keeps its hash only.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlalchemy import select

from queries.errors import InvalidInput, RuleRefusal
from queries.reads.sign_ins import hash_of
from queries.rules import web_forms
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import ConsentText, FormMessage, Language, WebForm
from queries.writes.commands import Checks, Seen, change, fetch, remove, stamp

LONGEST_NAME = 200
_KEY_BYTES = 8


@dataclass(frozen=True, kw_only=True)
class AmendWebForm:
    """A contact form as it should be.

    :param id: the form to correct, with the ``version`` that was seen; None to add one.
    :param secret: of a new form: at least :data:`.web_forms.SHORTEST_SECRET` random characters;
        an existing one gets another by :func:`renew_secret`.
    :param origins: the sites that it may come from, one a line.
    :param consent_text_id: the text beside its newsletter box; None for a form without one.
    """

    id: int | None = None
    version: int | None = None
    name: str
    origins: str
    language: str = Language.FI
    consent_text_id: int | None = None
    active: bool = True
    secret: str | None = field(default=None, repr=False)
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class RenewSecret:
    """A new secret for a form, as it was seen; the one before is good no more."""

    id: int
    version: int
    secret: str = field(repr=False)


@needs(Permission.EDIT_SETTINGS)
def amend_web_form(uow: UnitOfWork, inputs: AmendWebForm) -> int:
    """Add a contact form or correct one; return it. A new form gets a key of its own.

    :raises InvalidInputs: also ``consent_language`` for a consent text in another language than
        the form's; ``origins.form``, ``origins.scheme``, ``origins.too_many``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "name": checks.text("name", longest=LONGEST_NAME, required=True),
        "origins": _origins(checks, inputs.origins),
        "language": checks.one_of("language", Language),
        "consent_text_id": inputs.consent_text_id,
        "active": inputs.active,
    }
    if inputs.consent_text_id is not None:
        text = uow.session.get(ConsentText, inputs.consent_text_id)
        if text is None:
            checks.refuse("consent_text_id", "choice")
        elif text.language != inputs.language:
            checks.refuse("consent_text_id", "consent_language")
    form = None
    if inputs.id is None:
        _check_secret(checks, inputs.secret)
    else:
        form = fetch(uow, WebForm, inputs.id, version=inputs.version, inputs=inputs)
    checks.done()
    if form is None:
        form = WebForm(
            key=secrets.token_hex(_KEY_BYTES), secret_hash=hash_of(inputs.secret or ""), **values
        )
        stamp(uow, form)
        uow.session.add(form)
        changed = [*values, "key", "secret_hash"]
    else:
        changed = change(uow, form, values)
    if changed:
        uow.session.flush()
        action = "add_web_form" if inputs.id is None else "amend_web_form"
        uow.audit(action, "web_form", form.id, columns=changed)
    return form.id


@needs(Permission.EDIT_SETTINGS)
def renew_secret(uow: UnitOfWork, inputs: RenewSecret) -> int:
    """Give a form another secret; return the form. What is sent with the old one is refused.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    _check_secret(checks, inputs.secret)
    form = fetch(uow, WebForm, inputs.id, version=inputs.version, inputs=inputs)
    checks.done()
    change(uow, form, {"secret_hash": hash_of(inputs.secret)})
    uow.session.flush()
    uow.audit("renew_secret", "web_form", form.id, columns=["secret_hash"])
    return form.id


@needs(Permission.EDIT_SETTINGS)
def remove_web_form(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a form; return its key.

    :raises RuleRefusal: ``form_has_messages`` while messages of it wait for a decision.
    :raises NotFound, StaleRecord:
    """
    form = fetch(uow, WebForm, inputs.id, version=inputs.version, inputs=inputs)
    waiting = select(FormMessage.id).where(FormMessage.form_id == form.id).limit(1)
    if uow.session.scalar(waiting) is not None:
        raise RuleRefusal("form_has_messages", "GDPR Art. 5(1)(d)")
    remove(uow, form, "remove_web_form")
    return inputs.id


def _origins(checks: Checks, text: str) -> str | None:
    if not text.strip():
        checks.refuse("origins", "required")
        return None
    try:
        return "\n".join(web_forms.origins(text))
    except InvalidInput as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "field"}
        checks.refuse("origins", f"origins.{error.code}", **facts)
        return None


def _check_secret(checks: Checks, secret: str | None) -> None:
    if secret is None or len(secret) < web_forms.SHORTEST_SECRET:
        checks.refuse("secret", "secret.too_short", least=web_forms.SHORTEST_SECRET)
