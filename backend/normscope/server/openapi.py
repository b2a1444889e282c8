"""The OpenAPI description: examples, problems, and the websocket's messages, which OpenAPI itself does not know."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from normscope.core.events import Hello, NumberedEvent, StateMessage
from normscope.core.room import Close, Lead, RoomState, Show, Vote
from normscope.server import problems
from normscope.server.examples import ANSWERS, REQUESTS

REF = "#/components/schemas/{model}"
MESSAGES: tuple[tuple[JsonSchemaMode, tuple[type[BaseModel], ...]], ...] = (
    ("serialization", (Hello, NumberedEvent, StateMessage, RoomState)),
    ("validation", (Lead, Show, Close, Vote)),
    ("serialization", (problems.Problem,)),
)
"""What no route gives or takes: what the websockets send, what they take, and problems."""
STREAM = """\
`GET /api/runs/{run_id}/stream?epoch=E&after=N` opens a websocket. The server sends

1. text `Hello`. Where `recovered` is false, sequences do not go on from yours: forget what you have, read
   `telemetry`, `vectors` and `events`, and take from this socket what is numbered above their `sequence`;
   it goes on from `hello.sequence`.
2. everything after `N`, in order, without gap or duplicate: text `NumberedEvent`, binary chunks (Arrow streams whose
   metadata has `sequence`, `kind`, `first_step`, `last_step`, `time`). Without `after`: from the beginning.
3. the same live, and unnumbered: binary tails (`sequence` "0": the windows that are still open; each replaces the one
   before, an empty one says that none is open) and text `StateMessage` at most ten times a second.

Close codes: 4404 there is no such run, or not any more; 1013 the viewer was too slow, or there are too many: come back
with `after`; 1012 the server restarts; 1011 the stream could not be read.
Messages of the client are ignored. The socket of an ended run stays open.

`GET /api/rooms/{code}/stream` opens the websocket of a room. The server sends text `RoomState`: the newest one, at most
twelve times a second. Whoever sends `Lead` with the room's token may send `Show` (what everyone is to see) and `Close`;
all others may send `Vote`. Close codes: 4404 there is no such room, or not any more; 4403 the token is not the room's,
or a guest tried to lead; 1008 a message is not as expected, or too many came (40 a second of the lecturer, 2 of a
guest); 1009 it is longer than 2,000 characters; 1013 the room is full.
"""


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of ``app``, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, description=STREAM, routes=app.routes
        )
        # What a run was launched with is answered with its defaults filled in: `RunSpecInput`, `RunSpec`.
        schema = json.loads(json.dumps(schema).replace('-Output"', '"').replace('-Input"', 'Input"'))
        _add_messages(schema)
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(operation, f"{method.upper()} {path}")
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema


def text(app: FastAPI) -> str:
    """The description as the file that the frontend's types are made from."""
    return json.dumps(describe(app), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _add_messages(schema: dict[str, Any]) -> None:
    """``MESSAGES`` as components, where the routes did not bring them already."""
    components = schema["components"]["schemas"]
    for mode, models in MESSAGES:
        _, definitions = models_json_schema([(model, mode) for model in models], ref_template=REF)
        for name, definition in definitions["$defs"].items():
            components.setdefault(name, definition)


def _complete(operation: dict[str, Any], key: str) -> None:
    """Problems as answers of every operation, and an example for what it takes and gives."""
    answers = operation["responses"]
    answers.pop("422", None)
    answers["default"] = {
        "description": "What went wrong.",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}},
    }
    for status, answer in answers.items():
        for media, content in answer.get("content", {}).items():
            if media == "application/json" and status in ("200", "201", "202") and key in ANSWERS:
                content["example"] = ANSWERS[key]
    body = operation.get("requestBody")
    if body is not None:
        body["content"]["application/json"]["examples"] = REQUESTS[key]
