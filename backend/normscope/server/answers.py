"""The bodies of answers and requests that are not already words of ``core``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from normscope.claims.base import Unit
from normscope.claims.recordings import Recording
from normscope.core.device import Device
from normscope.core.events import NumberedEvent
from normscope.core.manifest import Manifest
from normscope.core.phase import SweepSummary
from normscope.core.record import RunRecord
from normscope.core.spec import DataSetKind, RunSpec
from normscope.core.sweep import SweepSpec
from normscope.core.trial import ExperimentKind, LargerKind, TrialRecord
from normscope.server.problems import Problem
from normscope.server.trials import MAX_SEEDS


class _Answer(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True)


class EstimateAnswer(_Answer):
    """What a spec will cost; ``refused`` says why it cannot be launched here."""

    seconds: float
    networks: int
    parameters: list[int]
    """Of one network of each arm."""
    steps_per_epoch: int
    epochs: float
    memory_bytes: int
    telemetry_bytes: int
    refused: Problem | None


class RunList(_Answer):
    """Newest first. ``next`` is the ``before`` of the next page, null on the last one."""

    runs: list[RunRecord]
    next: float | None


class SweepEstimate(_Answer):
    """What a sweep will cost; ``refused`` says why it cannot be launched here."""

    cells: int
    seconds: float
    """Of wall clock, with all workers of this server at it."""
    refused: Problem | None


class SweepList(_Answer):
    """Newest first. ``next`` is the ``before`` of the next page, null on the last one."""

    sweeps: list[SweepSummary]
    next: float | None


class SweepCommand(BaseModel):
    """What a sweep is told to do."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["stop"]


class SourceAnswer(_Answer):
    """Where a statement stands."""

    paper: str
    section: str


class LargerAnswer(_Answer):
    """A claim's experiment with more data, and its newest trial; null: none."""

    kind: LargerKind
    dataset: str
    """Its title."""
    unit: Unit
    seeds: int
    estimated_seconds: float
    """Of wall clock, with all workers of this server at it."""
    longest_seconds: float
    """Of its longest run alone: a server may refuse one that takes too long."""
    trial: TrialRecord | None


class ClaimSummary(_Answer):
    """A claim; its words are in the message files under its id, ``claims.<id>``.

    ``trial`` and ``counter_trial`` are the newest ones of this server, null where there is none.
    """

    id: str
    number: int
    unit: Unit
    counter_unit: Unit
    seeds: int
    """How many its experiment takes by default."""
    counter_seeds: int
    sources: list[SourceAnswer]
    estimated_seconds: float
    """Of wall clock, with all workers of this server at it."""
    counter_estimated_seconds: float
    trial: TrialRecord | None
    counter_trial: TrialRecord | None
    larger: list[LargerAnswer]


class ClaimList(_Answer):
    """In the order of the lecture."""

    claims: list[ClaimSummary]


class RecordingList(_Answer):
    """What came out before: one for each claim that was recorded, in the order of the lecture."""

    recordings: list[Recording]


class ClaimAnswer(ClaimSummary):
    """A claim with the runs of both its experiments, by their names."""

    specs: dict[str, RunSpec]
    counter_specs: dict[str, RunSpec]


class TrialWanted(BaseModel):
    """Which experiment of a claim to launch, and with how many seeds; null: as many as it takes by default."""

    model_config = ConfigDict(extra="forbid", strict=True)

    experiment: ExperimentKind = "main"
    seeds: int | None = Field(None, ge=1, le=MAX_SEEDS)


class CommandAccepted(_Answer):
    """The command is stored; an ``applied`` event with its id follows when it took effect."""

    command_id: str


class ManifestAnswer(_Answer):
    """Both are null until the worker has read the data and built the networks."""

    manifest: Manifest | None
    fairness: dict[str, Any] | None


class EventList(_Answer):
    """Every stored event but the manifest, in order, up to ``sequence``."""

    epoch: int
    sequence: int
    events: list[NumberedEvent]


class DataSetAnswer(_Answer):
    """Facts of a data set, and whether its files are on the server's disk."""

    kind: DataSetKind
    title: str
    at_hand: bool
    downloadable: bool
    download_bytes: int
    files: list[str]
    """What is to lie in the folder ``<kind>`` of the data sets where nothing is downloaded; empty: nothing is."""
    address: str
    """Where they are published; empty: nowhere."""
    shape: tuple[int, ...]
    features: int
    classes: int
    train: int
    validation: int
    test: int
    source: str
    licence: str


class DeviceAnswer(_Answer):
    """Where runs can train, and whether this machine has it."""

    kind: Device
    at_hand: bool
    name: str
    """Of the GPU; empty: none, or the CPU."""


class PresetAnswer(_Answer):
    """An experiment ready to be launched; its title and description are in the message files under its id."""

    id: str
    spec: RunSpec
    dataset_at_hand: bool


class SweepPresetAnswer(_Answer):
    """A sweep ready to be launched; its title and description are in the message files under its id."""

    id: str
    spec: SweepSpec


class LimitsAnswer(_Answer):
    """The most a run may cost here, and how many may be open."""

    seconds: float
    memory_bytes: int
    telemetry_bytes: int
    open_runs: int
    workers: int
    public: bool


class Catalog(_Answer):
    """What the launch form offers."""

    datasets: list[DataSetAnswer]
    devices: list[DeviceAnswer]
    presets: list[PresetAnswer]
    sweeps: list[SweepPresetAnswer]
    default_preset: str
    limits: LimitsAnswer
    version: str


class Health(_Answer):
    """``ready`` also asks the database."""

    status: Literal["ok"] = "ok"
    version: str = Field(description="Version of the server.")


class RoomOpened(_Answer):
    """A room's code, for everyone, and its token, for the lecturer alone."""

    code: str
    token: str
