"""What the launch form offers and how a spec is shaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter

from normscope import __version__
from normscope.core.catalog import DATASETS, DataSetFacts, at_hand
from normscope.core.presets import PRESETS, default_preset
from normscope.core.spec import DataSetKind, RunSpec
from normscope.core.sweep_presets import SWEEP_PRESETS
from normscope.server.answers import Catalog, DataSetAnswer, DeviceAnswer, LimitsAnswer, PresetAnswer, SweepPresetAnswer
from normscope.server.limits import cost_limits, open_runs
from normscope.server.services import Server
from normscope.settings import Settings

router = APIRouter(tags=["catalog"])


@router.get("/catalog")
def catalog(server: Server) -> Catalog:
    """Data sets, devices, presets and limits of this server."""
    settings = server.settings

    def here(kind: DataSetKind) -> bool:
        return at_hand(kind, settings.datasets_dir)

    limits = cost_limits(settings)
    return Catalog(
        datasets=[_dataset(facts, here(kind), settings) for kind, facts in DATASETS.items()],
        devices=[
            DeviceAnswer(kind="cpu", at_hand=True, name=""),
            DeviceAnswer(kind="cuda", at_hand=server.cuda is not None, name=server.cuda or ""),
        ],
        presets=[PresetAnswer(id=p.id, spec=p.spec, dataset_at_hand=here(p.spec.dataset.kind)) for p in PRESETS],
        sweeps=[SweepPresetAnswer(id=p.id, spec=p.spec) for p in SWEEP_PRESETS],
        default_preset=default_preset(here).id,
        limits=LimitsAnswer(
            seconds=limits.seconds,
            memory_bytes=limits.memory_bytes,
            telemetry_bytes=limits.telemetry_bytes,
            open_runs=open_runs(settings),
            workers=settings.workers,
            public=settings.public,
        ),
        version=__version__,
    )


@router.get("/schema/run")
def run_schema() -> dict[str, Any]:
    """The JSON Schema of a run's spec; it draws the launch form."""
    return _run_schema()


@cache
def _run_schema() -> dict[str, Any]:
    return RunSpec.model_json_schema()


def _dataset(facts: DataSetFacts, here: bool, settings: Settings) -> DataSetAnswer:
    return DataSetAnswer(
        kind=facts.kind,
        title=facts.title,
        at_hand=here,
        downloadable=bool(facts.urls) and settings.download,
        download_bytes=facts.download_bytes,
        files=list(facts.published),
        address=facts.urls[0] if facts.urls else "",
        shape=facts.shape,
        features=facts.features,
        classes=facts.classes,
        train=facts.train,
        validation=facts.validation,
        test=facts.test,
        source=facts.source,
        licence=facts.licence,
    )
