"""``SweepSpec``: a grid of runs over one or two fields of a spec, and the cells it consists of. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, ValidationError, model_validator

from normscope.core.check import faults
from normscope.core.spec import Model, RunSpec
from normscope.errors import SpecError

MAX_CELLS = 400
MAX_NAME = 80
GROUPS = frozenset({"data", "network", "training"})
"""Of the form: what is measured, and how often, changes no result."""

FieldKind: TypeAlias = Literal["number", "integer", "choice", "list"]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_Item = Annotated[int, Field(ge=0, le=2**31 - 1)] | _Text
AxisValue: TypeAlias = (
    int | float | _Text | Annotated[tuple[_Item, ...], Field(strict=False, min_length=1, max_length=64)]
)


class Axis(Model):
    """One field and the values it takes."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """Dotted path in the spec, e.g. ``optimizer.learning_rate``."""
    values: tuple[AxisValue, ...] = Field(strict=False, min_length=2, max_length=MAX_CELLS)

    @model_validator(mode="after")
    def _values_differ(self) -> Self:
        for index, value in enumerate(self.values):
            if value in self.values[:index]:
                raise ValueError(f"values must differ: {shown(value)} is there twice")
        return self


class SweepSpec(Model):
    """A run for each combination of the axes' values; the last axis changes fastest."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME)] = ""
    base: RunSpec
    axes: tuple[Axis, ...] = Field(strict=False, min_length=1, max_length=2)

    @model_validator(mode="after")
    def _axes_fit(self) -> Self:
        fields = [axis.field for axis in self.axes]
        if len(set(fields)) != len(fields):
            raise ValueError(f"axes must differ: both are '{fields[0]}'")
        count = math.prod(len(axis.values) for axis in self.axes)
        if count > MAX_CELLS:
            raise ValueError(f"expected at most {MAX_CELLS} cells, got {count:,}: take fewer values")
        return self

    def grid(self) -> list[tuple[AxisValue, ...]]:
        """The values of each cell, in order."""
        return list(itertools.product(*(axis.values for axis in self.axes)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of a sweep: the axes' values, in the order of the axes."""

    values: tuple[AxisValue, ...]
    spec: RunSpec


class CellRefused(SpecError):
    """A cell whose spec cannot be run; ``path`` is the axis at fault, ``axes.0``, where it is one axis alone."""


def sweepable(base: RunSpec) -> dict[str, FieldKind]:
    """The fields of ``base`` that an axis may vary, by dotted path; seeds and what is measured are none of them."""
    schema = _schema()
    return dict(_walk(schema, base.model_dump(mode="json"), "", None, schema["$defs"]))


def cells(spec: SweepSpec) -> list[Cell]:
    """All cells, the last axis fastest, each checked as a run of its own.

    Raises:
        SpecError: an axis names no field that can be swept, or one that an arm overrides.
        CellRefused: the first cell that cannot be run, with its values.
    """
    known = sweepable(spec.base)
    for index, axis in enumerate(spec.axes):
        _check_field(spec.base, axis, f"axes.{index}.field", known)
    base = spec.base.model_dump(mode="json")
    return [_cell(spec, base, values) for values in spec.grid()]


def shown(value: AxisValue) -> str:
    """A value as a person writes it."""
    if isinstance(value, tuple):
        return "-".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(spec: SweepSpec, base: dict[str, Any], values: tuple[AxisValue, ...]) -> Cell:
    document = deepcopy(base)
    for axis, value in zip(spec.axes, values, strict=True):
        *parents, last = axis.field.split(".")
        place = document
        for parent in parents:
            place = place[parent]
        place[last] = list(value) if isinstance(value, tuple) else value
    named = [f"{axis.field.rpartition('.')[2]} {shown(value)}" for axis, value in zip(spec.axes, values, strict=True)]
    document["name"] = f"{spec.name or spec.base.name or 'Sweep'}: {', '.join(named)}"[:MAX_NAME].strip()
    at = " and ".join(f"{axis.field} = {shown(value)}" for axis, value in zip(spec.axes, values, strict=True))
    try:
        made = RunSpec.model_validate(document)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        raise CellRefused(f"the cell {at} cannot be run: {fault['msg']}", _guilty(spec, field)) from None
    found = faults(made)
    if found:
        raise CellRefused(f"the cell {at} cannot be run: {found[0].path}: {found[0]}", _guilty(spec, found[0].path))
    return Cell(values, made)


def _guilty(spec: SweepSpec, field: str) -> str:
    """The axis whose own field was refused; a union's tag may stand in the middle of ``field``."""
    parts = field.split(".")
    for index, axis in enumerate(spec.axes):
        wanted = axis.field.split(".")
        if parts[:1] == wanted[:1] and (wanted[-1] in parts):
            return f"axes.{index}.values"
    return "axes"


def _check_field(base: RunSpec, axis: Axis, path: str, known: Mapping[str, FieldKind]) -> None:
    if axis.field not in known:
        raise SpecError(f"expected one of {', '.join(sorted(known))}, got '{axis.field}'", path)
    top = axis.field.partition(".")[0]
    for arm in base.arms:
        if getattr(arm, top, None) is not None:
            raise SpecError(
                f"expected a field that all arms take from the run, got '{axis.field}', which '{arm.name}' overrides",
                path,
            )


@cache
def _schema() -> dict[str, Any]:
    return RunSpec.model_json_schema()


def _walk(
    node: dict[str, Any], value: Any, path: str, group: str | None, definitions: dict[str, Any]
) -> Iterator[tuple[str, FieldKind]]:
    """Follow the schema along a value: of a union only the variant that is there."""
    while "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]] | {k: v for k, v in node.items() if k != "$ref"}
    group = node.get("group", group)
    if "discriminator" in node:
        tag = node["discriminator"]
        yield from _walk({"$ref": tag["mapping"][value[tag["propertyName"]]]}, value, path, group, definitions)
    elif "anyOf" in node:
        options = [option for option in node["anyOf"] if option.get("type") != "null"]
        if len(options) == 1 and (value is not None or "$ref" not in options[0]):
            yield from _walk(options[0], value, path, group, definitions)
    elif "properties" in node:
        for name, child in node["properties"].items():
            if path or name not in ("arms", "seeds", "name"):
                yield from _walk(child, value[name], f"{path}.{name}" if path else name, group, definitions)
    elif group in GROUPS and "const" not in node:
        if "enum" in node:
            yield path, "choice"
        elif node.get("type") in ("number", "integer"):
            yield path, node["type"]
        elif node.get("type") == "array":
            yield path, "list"
