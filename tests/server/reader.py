"""What a client makes of a run's websocket."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from normscope.core.telemetry import Points, Vectors, decode_points, metadata_of
from tests.contract.material import points, vectors_message
from tests.server.running import Running, Worker, worker

RNG = np.random.default_rng(1)
SECONDS = 60.0


class Reader:
    """What a client makes of the stream."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.hello: dict[str, Any] = json.loads(connection.recv(SECONDS))
        assert self.hello["type"] == "hello"
        self.sequences: list[int] = []
        self.bodies: list[bytes] = []
        self.tails: list[Points] = []
        self.records: list[dict[str, Any]] = []
        self.hellos = [self.hello]

    def read(self, timeout: float = SECONDS) -> None:
        """Take one message."""
        message = self.connection.recv(timeout)
        if isinstance(message, bytes):
            sequence = int(metadata_of(message)["sequence"])
            if sequence:
                self.sequences.append(sequence)
                self.bodies.append(message)
            else:
                self.tails.append(decode_points(message))
            return
        content = json.loads(message)
        if "sequence" in content and "event" in content:
            self.sequences.append(content["sequence"])
            self.bodies.append(message.encode())
        elif content["type"] == "hello":
            self.hellos.append(content)
        else:
            assert content["type"] == "state"
            self.records.append(content["record"])

    def until(self, sequence: int) -> None:
        """Read until this number came."""
        while not self.sequences or self.sequences[-1] < sequence:
            self.read()


def close_code(connection: ClientConnection) -> int | None:
    """Read to the end; the code the server closed with."""
    try:
        while True:
            connection.recv(SECONDS)
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


def filled(server: Running, chunks: int = 5) -> Worker:
    """A run with a manifest and some chunks."""
    made = worker(server)
    made.manifest()
    for _ in range(chunks):
        made.points(points(RNG, 3))
    return made


def filled_with_vectors(server: Running) -> Worker:
    """A manifest, three chunks of ten steps, one chunk of vectors."""
    made = worker(server)
    made.manifest()
    for first in (1, 11, 21):
        made.points(points(RNG, 10, first_step=first))
    step = np.tile(np.arange(1, 21, dtype=np.uint32), 2)
    series = np.repeat(np.array([7, 8], np.uint32), 20)
    values = tuple(RNG.standard_normal(3).astype(np.float32) for _ in step)
    made.append([vectors_message(made.run, made.sequence + 1, Vectors(step, series, values))])
    return made
