"""Python source as text: names that can do no harm, lines broken as ``ruff format`` breaks them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from textwrap import indent

WIDTH = 88
"""Characters in a line at most: the formatter's own default, for whoever keeps the script has no settings of ours."""
LABEL = 40
"""Characters of an arm's name at most: lines are not broken because of a name."""


def labels(names: Sequence[str]) -> tuple[str, ...]:
    """The names of arms as the script has them: printable, short, all different."""
    plain = [printable(name) for name in names]
    return tuple(
        name if len(name) <= LABEL and plain.count(name) == 1 else f"{name[: LABEL - 8].rstrip()} ({index})"
        for index, name in enumerate(plain, 1)
    )


def printable(text: str) -> str:
    """``text`` on one line, without what could end a comment or a docstring."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.replace("\\", "/").replace('"', "'").split())


def quoted(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False)


def pair(items: Sequence[str]) -> str:
    """A tuple on one line."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def collection(before: str, items: Sequence[str], brackets: str = "()", margin: int = 0, after: str = "") -> str:
    """A tuple, list or dictionary between ``before`` and ``after``: on one line, else an item a line.

    Args:
        margin: by how much the text will be indented.
    """
    inner = ", ".join(items) + ("," if len(items) == 1 and brackets == "()" else "")
    line = f"{before}{brackets[0]}{inner}{brackets[1]}{after}"
    if margin + len(line) <= WIDTH and "\n" not in line:
        return line
    rows = "".join(f"{indent(item, '    ')},\n" for item in items)
    return f"{before}{brackets[0]}\n{rows}{brackets[1]}{after}"


def call(before: str, arguments: Sequence[str], margin: int = 0) -> str:
    """``before`` and the arguments of a call: on one line, else on one line of their own, else a line each.

    Args:
        margin: as of ``collection``.
    """
    inner = ", ".join(arguments)
    if margin + len(before) + len(inner) + 2 <= WIDTH:
        return f"{before}({inner})"
    if margin + 4 + len(inner) <= WIDTH:
        return f"{before}(\n    {inner}\n)"
    return f"{before}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def by_arm(before: str, values: Mapping[str, str], margin: int = 0) -> str:
    """``before`` and a table of which ``arm`` picks its value; one of two values is told in a line, if that is shorter.

    Args:
        values: label of an arm -> an expression.
        margin: as of ``collection``.
    """
    table = collection(before, [f"{quoted(arm)}: {value}" for arm, value in values.items()], "{}", margin, "[arm]")
    distinct = sorted(set(values.values()), key=list(values.values()).count)
    if "\n" not in table or len(distinct) != 2:
        return table
    told = f"{before}{distinct[0]} if {among([arm for arm in values if values[arm] == distinct[0]])} else {distinct[1]}"
    return told if margin + len(told) <= WIDTH and "\n" not in told and "lambda" not in told else table


def among(arms: Sequence[str]) -> str:
    """Whether ``arm`` is one of these."""
    if not arms:
        return "False"
    return f"arm == {quoted(arms[0])}" if len(arms) == 1 else f"arm in {pair([quoted(arm) for arm in arms])}"


def numbers(before: str, values: Sequence[int], margin: int) -> str:
    """A tuple of numbers; if it is long, those that come again and again are counted."""
    text = collection(before, [str(value) for value in values], margin=margin)
    if "\n" not in text:
        return text
    runs = [(value, len(list(run))) for value, run in groupby(values)]
    return collection(
        before,
        [
            f"*[{value}] * {times}" if times > 2 else str(value)
            for value, times in runs
            for _ in range(1 if times > 2 else times)
        ],
        margin=margin,
    )


def only(values: Mapping[str, str]) -> str | None:
    """The one value of all arms; None where they differ."""
    return next(iter(values.values())) if len(set(values.values())) == 1 else None


def match(bodies: Mapping[str, str]) -> str:
    """The statements of each arm, chosen by ``arm``."""
    return "match arm:\n" + "\n".join(
        f"    case {quoted(arm)}:\n{indent(body, ' ' * 8)}" for arm, body in bodies.items()
    )


def define(head: str, docstring: str, lines: Sequence[str | None]) -> str:
    """A function: the lines that are there, indented."""
    return f"def {head}:\n" + indent(joined(f'"""{docstring}"""', *lines), "    ")


def joined(*lines: str | None) -> str:
    """The lines that are there."""
    return "\n".join(line for line in lines if line is not None)
