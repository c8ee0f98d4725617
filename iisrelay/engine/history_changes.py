"""Changes in the history: with what is stored before and after, so that they can be undone; without any secret."""

from typing import Any

from iisrelay.plan.change import Change
from iisrelay.plan.saved import change_document
from iisrelay.secret import Secret
from iisrelay.settings.stored import Kind, Store, Stored
from iisrelay.state.answer import FORMS
from iisrelay.state.snapshot import stored_form
from iisrelay.status import Action, Restart

WRITTEN = Secret("history:")  # stands for a secret that was written: nothing resolves it


def history_document(change: Change) -> dict[str, Any]:
    """Give a change as a JSON document that ``change_of`` reads."""
    return {
        **change_document(change),
        "kind": change.kind.value,
        "was_inherited": change.was_inherited,
        "stored_before": None if change.sensitive else _form(change.stored_before),
        "stored_after": None if change.sensitive else _form(change.stored_after),
        "has_secret": change.secret is not None,
    }


def change_of(document: dict[str, Any]) -> Change:
    """Read a change of the history.

    Raises:
        ValueError: when it is none.
    """
    return Change(
        identity=str(document["id"]),
        setting=str(document["setting"]),
        store=Store(document["store"]),
        path=str(document["path"]),
        name=str(document["name"]),
        action=Action(document["action"]),
        kind=Kind(document["kind"]),
        before=document["before"],
        after=document["after"],
        stored_before=_stored(document["stored_before"]),
        stored_after=_stored(document["stored_after"]),
        was_inherited=bool(document["was_inherited"]),
        sensitive=bool(document["sensitive"]),
        secret=WRITTEN if document["has_secret"] else None,
        restart=Restart(document["restart"]),
        carries=document["messages_moved"],
    )


def _form(value: Stored | None) -> list[Any] | None:
    return None if value is None else list(stored_form(value))


def _stored(form: list[Any] | None) -> Stored | None:
    if form is None:
        return None
    name, value = form
    return FORMS[name](value)
