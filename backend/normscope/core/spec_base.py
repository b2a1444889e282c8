"""What all parts of a spec have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


def hint(
    group: str | None = None,
    *,
    scale: str | None = None,
    advanced: bool = False,
    unit: str | None = None,
    untagged: str | None = None,
) -> Any:
    """What the form needs beside the type: group, scale of the slider, whether it is folded, unit.

    ``untagged``: the kind of a value that names none.
    """
    extra: dict[str, Any] = {}
    if group is not None:
        extra["group"] = group
    if scale is not None:
        extra["scale"] = scale
    if advanced:
        extra["advanced"] = True
    if unit is not None:
        extra["unit"] = unit
    if untagged is not None:
        extra["untagged"] = untagged
    return extra


class Model(BaseModel):
    """Base of all parts of a spec: frozen, strict, closed, finite."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, json_schema_serialization_defaults_required=True
    )
