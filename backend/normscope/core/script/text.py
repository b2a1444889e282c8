"""Python source as text: names that can do no harm, lines broken as ``ruff format`` breaks them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


def collection(before: str, items: Sequence[str], brackets: str = "()", margin: int = 0) -> str:
    """``before`` and a tuple, list or dictionary: on one line, else an item a line. ``margin``: as of ``call``."""
    inner = ", ".join(items) + ("," if len(items) == 1 and brackets == "()" else "")
    line = f"{before}{brackets[0]}{inner}{brackets[1]}"
    if margin + len(line) <= WIDTH:
        return line
    rows = "".join(f"    {item},\n" for item in items)
    return f"{before}{brackets[0]}\n{rows}{brackets[1]}"


def call(before: str, arguments: Sequence[str], margin: int = 0) -> str:
    """``before`` and the arguments of a call: on one line, else on one line of their own, else a line each.

    Args:
        margin: by how much the text will be indented.
    """
    inner = ", ".join(arguments)
    if margin + len(before) + len(inner) + 2 <= WIDTH:
        return f"{before}({inner})"
    if margin + 4 + len(inner) <= WIDTH:
        return f"{before}(\n    {inner}\n)"
    return f"{before}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def function(head: str, docstring: str, by_arm: Mapping[str, str], default: str | None = None) -> str:
    """A function of ``arm`` whose body is the same for all, or one for each.

    Args:
        head: the signature, without ``def`` and colon.
        by_arm: label of an arm -> its body.
        default: the body of those that need not be named; where all have it, it is the function's.
    """
    body = f"def {head}:\n" + indent(f'"""{docstring}"""', "    ") + "\n"
    if len(set(by_arm.values())) == 1:
        return body + indent(next(iter(by_arm.values())), "    ")
    named = {arm: each for arm, each in by_arm.items() if each != default}
    cases = "".join(f"    case {quoted(arm)}:\n{indent(each, '        ')}\n" for arm, each in named.items())
    body += indent(f"match arm:\n{cases}", "    ")
    return (body + indent(default, "    ") if len(named) < len(by_arm) and default else body).rstrip()


def joined(*lines: str | None) -> str:
    """The lines that are there."""
    return "\n".join(line for line in lines if line is not None)
