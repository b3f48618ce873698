"""What a rule may speak of: the columns of the application view, and what each holds."""

import types
import typing
from collections.abc import Mapping
from datetime import datetime

from monitor.model import Application, Closure


def _kinds() -> Mapping[str, type]:
    """Return the type of each column of the application view, without the null."""
    kinds = {}
    for name, annotation in typing.get_type_hints(Application).items():
        arms = typing.get_args(annotation) or (annotation,)
        kind = next(arm for arm in arms if arm is not type(None))
        kinds[name] = typing.get_origin(kind) or kind
    return types.MappingProxyType(kinds)


COLUMN_KINDS = _kinds()
# With those that are worked out from others; see `monitor.closure`.
KINDS = types.MappingProxyType(
    {**COLUMN_KINDS, "closure": Closure, "reached_at": datetime}
)
INSTANTS = tuple(name for name, kind in KINDS.items() if kind is datetime)
# What never comes later than something else, and so cannot end a wait that begins there.
NEVER_LATER = {
    "applied_at": frozenset(INSTANTS),
    "first_reply_at": frozenset({"first_reply_at", "last_reply_at"}),
    "receipt_at": frozenset(INSTANTS) - {"applied_at"},
}
ALWAYS = frozenset({"application_id", "candidate_ref", "applied_at", "status"})
