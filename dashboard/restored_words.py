"""Sentences on what a restore carried over and what it lacks, for command line and page alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dashboard.words import word
from queries.rules.roles import Role
from queries.store.backup.carry_holds import CarriedOver
from queries.store.backup.carry_permissions import RightsKept
from queries.store.backup.removed_by_hand import RemovedByHand
from queries.store.tables import HoldScope
from queries.wording.formats import day


def sentences(found: CarriedOver, language: str) -> list[str]:
    """One sentence for each thing that was found; none where there was nothing to find."""
    said = [word("restored.unread", language)] * found.unread
    said += [word("restored.ledger_lost", language)] * found.ledger_lost
    return said + [
        word(f"restored.{key}", language, names=", ".join(names))
        for key, names in _named(found, language)
        if names
    ]


def rights_sentences(kept: RightsKept, language: str) -> list[str]:
    """One sentence for each kind of right that the restore did not give back."""

    def roles(pairs: tuple[tuple[str, Role], ...]) -> list[str]:
        return [f"{name} ({word(f'user_roles.{role}', language)})" for name, role in pairs]

    named = {
        "out_of_use": list(kept.out_of_use),
        "unknown": list(kept.unknown),
        "roles": roles(kept.roles),
        "passwords": list(kept.passwords),
        "lacking": list(kept.lacking),
        "forms": list(kept.forms),
        "waiting": roles(kept.waiting),
    }
    said = [word("cli.restore.rights.second_person", language)] * kept.second_person
    return said + [
        word(f"cli.restore.rights.{key}", language, names=", ".join(names))
        for key, names in named.items()
        if names
    ]


def removed_sentences(back: Sequence[RemovedByHand], language: str) -> list[str]:
    """One sentence for each kind of what was removed by hand and is there again."""
    of: dict[str, list[int]] = {}
    for one in back:
        of.setdefault(one.action, []).append(one.party_id or one.id)
    return [
        word(
            "cli.restore.is_back",
            language,
            what=word(f"actions.{action}", language),
            names=", ".join(str(key) for key in keys),
        )
        for action, keys in sorted(of.items())
    ]


def _named(found: CarriedOver, language: str) -> Iterator[tuple[str, list[str]]]:
    for how, what in (("carried", found.carried), ("lacking", found.lacking)):
        yield f"{how}_holds", [_hold(*hold, language) for hold in what.holds]
        yield f"{how}_requests", list(what.requests)
        yield f"{how}_restrictions", [str(party) for party in what.restrictions]
    yield (
        "years",
        ["–".join(day(date.fromisoformat(end), language) for end in year) for year in found.years],
    )
    yield "periods", [word(f"retention_classes.{code}", language) for code in found.periods]
    yield "unrepeated", [_unrepeated(*one, language) for one in found.unrepeated]
    yield "withdrawn", [str(run) for run in found.withdrawn]


def _hold(key: int, scope: str, covers: str, language: str) -> str:
    if scope == HoldScope.CLASS:
        covers = word(f"retention_classes.{covers}", language)
    return f"{key} ({word(f'restored.scope.{scope}', language, covers=covers)})"


def _unrepeated(kind: str, covers: str, reason: str, language: str) -> str:
    called = word(f"file_kinds_brief.{kind}", language)
    return f"{called} {covers} ({word(f'disposal_reasons.{reason}', language)})"
