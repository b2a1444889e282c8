"""What the server says in a problem's ``detail`` is known to the pages, which say it in their language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product

from tests.conftest import ROOT

PACKAGE = ROOT / "backend" / "normscope"
SAID = ROOT / "frontend" / "src" / "messages" / "said.ts"
MESSAGE = {
    "HTTPException": 1,
    "problem": 1,
    "LimitReached": 0,
    "CostLimitError": 0,
    "CommandRefused": 0,
    "ExportRefused": 0,
    "RunNotFound": 0,
    "SweepNotFound": 0,
    "TrialNotFound": 0,
    "StoreError": 0,
    "LauncherUnavailable": 0,
}
"""What becomes a problem: which argument is its detail. Faults of a spec are said beside their fields."""
ELSEWHERE = {
    "storage/lock.py": "said when a server starts",
    "storage/engine.py": "said when a server starts",
    "storage/nudge.py": "said when a server starts",
    "storage/stream.py": "said to a worker",
    "storage/compaction.py": "said to the supervisor",
    "server/recording.py": "said on the command line",
    "server/routes/health.py": "said to who watches the server",
}
DAMAGED = "expected the manifest as message 1"
"""Of a store that something else wrote into: said as it is."""
SAMPLES = (
    "12",
    "1,040",
    "pause",
    "queued",
    "0f8fad5bd9cb469fa16570867728950e",
    "8 GB",
    "2 minutes",
    "ABCDE",
    "/api/runs",
    "GET",
    "the nearest below is 3",
    "one on a CUDA device, whose draws and rounding a CPU does not repeat",
    "expected at most 8 GB of memory, got an estimated 21.5 GB: reduce the widths, the depth, the arms, the seeds "
    "or the batch size",
)
"""What stands in the places of a sentence."""


def forms() -> re.Pattern[str]:
    """Every sentence that the pages know."""
    found = re.findall(r'^  \["\w+", /(.+)/\],$', SAID.read_text(), re.MULTILINE)
    assert len(found) > 40
    return re.compile("|".join(form.replace("\\/", "/") for form in (re.sub(r"\(\?<\w+>", "(", f) for f in found)))


def messages(path: str, tree: ast.AST) -> Iterator[ast.expr]:
    """The details of problems in a file that stand where they are raised, or are called so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in MESSAGE and len(node.args) > MESSAGE[name]:
                yield node.args[MESSAGE[name]]
        elif isinstance(node, ast.Assign) and path.startswith("server/"):
            if any(isinstance(target, ast.Name) and target.id == "detail" for target in node.targets):
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name == "_refusal":
            yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value)


def sentences(message: ast.expr) -> Iterator[list[list[str]]]:
    """Each sentence that it can be: of every part what can stand there."""
    if isinstance(message, ast.IfExp):
        yield from sentences(message.body)
        yield from sentences(message.orelse)
    elif isinstance(message, ast.Constant) and isinstance(message.value, str):
        yield [[message.value]]
    elif isinstance(message, ast.JoinedStr):
        yield [
            [str(part.value)]
            if isinstance(part, ast.Constant)
            else [repr(sample) if isinstance(part, ast.FormattedValue) and part.conversion == ord("r") else sample
                  for sample in SAMPLES]
            for part in message.values
        ]  # fmt: skip


def test_what_the_server_says_is_known_to_the_pages() -> None:
    known, seen, unknown = forms(), 0, []
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE).as_posix()
        if path in ELSEWHERE:
            continue
        for message in messages(path, ast.parse(file.read_text())):
            for parts in sentences(message):
                text = "".join(part[0] if len(part) == 1 else "{}" for part in parts)
                if text.strip("{}: ") and DAMAGED not in text:
                    seen += 1
                    if not any(known.fullmatch("".join(filled)) for filled in product(*parts)):
                        unknown.append(f"{path}:{message.lineno}: {text}")
    assert unknown == []
    assert seen > 40


def test_what_is_said_elsewhere_is_still_there() -> None:
    assert [path for path in ELSEWHERE if not (PACKAGE / path).is_file()] == []
