"""Pydantic's validation errors in plain words, at the path a person sees in the form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

SOURCES = ("body", "query", "path", "header", "cookie")
KINDS = {
    "missing": "a value",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a sensible size",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "union_tag_not_found": "a value",
    "json_invalid": "valid JSON",
}


def field_errors(errors: Sequence[Any], body: Any = None) -> list[dict[str, Any]]:
    """Each of ``errors`` as ``{path, message, code, expected, got}``."""
    return [_field_error(error, body) for error in errors if not _is_consequence(error, errors)]


def _is_consequence(error: Any, errors: Sequence[Any]) -> bool:
    """A list whose entries are all at fault is also too short, says pydantic; nobody needs to hear that."""
    location = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(location) and other["loc"][: len(location)] == location for other in errors
    )


def _field_error(error: Any, body: Any) -> dict[str, Any]:
    code, context = str(error["type"]), error.get("ctx") or {}
    location = list(error["loc"])
    in_body = bool(location) and location[0] == "body"
    if location and location[0] in SOURCES:
        location = location[1:]
    path = _path(location, body) if in_body and code != "json_invalid" else ".".join(str(part) for part in location)
    if code.startswith("union_tag"):
        path = f"{path}.kind" if path else "kind"
    if code == "json_invalid":
        return {"path": "", "code": code, "message": "expected valid JSON", "expected": "valid JSON", "got": None}
    if code == "extra_forbidden":
        return {"path": path, "code": code, "message": "unknown field", "expected": "no such field", "got": None}
    got = _got(error, code, context)
    expected = _expected(code, context)
    if expected is None:
        message = str(context.get("error") or error["msg"])
        return {"path": path, "code": code, "message": message, "expected": None, "got": got}
    return {"path": path, "code": code, "message": f"expected {expected}, got {got}", "expected": expected, "got": got}


def _path(location: Sequence[int | str], body: Any) -> str:
    """``location`` without the tags of unions, which pydantic inserts and which nobody typed."""
    kept: list[str] = []
    here = body
    for index, part in enumerate(location):
        is_tag = isinstance(here, dict) and part not in here and here.get("kind", None) == part
        if is_tag and (index + 1 < len(location) or part != "kind"):
            continue
        kept.append(str(part))
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            here = None
    return ".".join(kept)


def _expected(code: str, context: dict[str, Any]) -> str | None:
    """What was wanted, in words; None where only pydantic's message says it."""
    if code in KINDS:
        return KINDS[code]
    bounds = {"greater_than_equal": ("at least", "ge"), "greater_than": ("more than", "gt")}
    bounds |= {"less_than_equal": ("at most", "le"), "less_than": ("less than", "lt")}
    if code in bounds:
        word, key = bounds[code]
        return f"{word} {_number(context[key])}"
    if code == "too_short":
        return f"at least {_plural(context['min_length'])}"
    if code == "too_long":
        return f"at most {_plural(context['max_length'])}"
    if code == "string_too_short":
        return f"at least {context['min_length']} characters"
    if code == "string_too_long":
        return f"at most {context['max_length']} characters"
    if code == "literal_error":
        return f"one of {context['expected']}" if " or " in context["expected"] else str(context["expected"])
    if code == "union_tag_invalid":
        return f"one of {context['expected_tags']}"
    return None


def _got(error: Any, code: str, context: dict[str, Any]) -> str:
    if code in ("missing", "union_tag_not_found"):
        return "nothing"
    if code in ("too_short", "too_long"):
        return str(context.get("actual_length"))
    if code == "union_tag_invalid":
        return f"'{_short(str(context['tag']))}'"
    value = error.get("input")
    if isinstance(value, str):
        if code in ("string_too_short", "string_too_long"):
            return f"{len(value)}"
        return f"'{_short(value)}'"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else type(value).__name__


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plural(count: int) -> str:
    return f"{count} entry" if count == 1 else f"{count} entries"


def _number(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return (
            f"{value:,}" if abs(value) < 10**18 else f"{float(value):.3g}" if abs(value) < 10**300 else "a huge number"
        )
    return f"{value:g}"
