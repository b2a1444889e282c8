"""A real server on the shared data directory, and the runs that nobody disturbs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from normscope.execution.local import LocalExecutor
from normscope.settings import Settings
from normscope.storage.store import Store
from tests import served
from tests.faults.rounds import EVALUATING, TRAINING, Uninterrupted, check_stream, ended, launch, reference, until


@pytest.fixture(scope="session")
def store(warm_settings: Settings) -> Iterator[Store]:
    with contextlib.closing(Store(warm_settings.url)) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_left(store: Store, warm_settings: Settings) -> Iterator[None]:
    """A round that failed leaves its runs alive; they must not take the next round's places."""
    yield
    made = LocalExecutor(warm_settings)
    for run in store.live():
        lease = store.take_over(run.id)
        made.stop(run.id)
        store.set_state(lease, "stopped")


def serve(settings: Settings) -> served.Served:
    """A server that finds the shared launcher."""
    return served.start(settings.data_dir, settings.datasets_dir, WORKERS="3")


@pytest.fixture(scope="module")
def server(warm_settings: Settings) -> Iterator[served.Served]:
    """One that takes killed runs up again, as often as the rounds kill them."""
    made = served.start(warm_settings.data_dir, warm_settings.datasets_dir, WORKERS="3", RESUME_ATTEMPTS="3")
    yield made
    served.end(made, workers=False)


@pytest.fixture(scope="session")
def undisturbed(warm_settings: Settings, store: Store) -> dict[str, Uninterrupted]:
    """The runs of all plans, executed to their ends."""
    server = serve(warm_settings)
    try:
        training, evaluating = (launch(store, spec) for spec in (TRAINING, EVALUATING))
        for run in (training, evaluating):
            until(lambda run=run: ended(store.get(run)))  # type: ignore[misc]
            assert store.get(run).state == "finished"
        one = reference(TRAINING, check_stream(store, training))
        two = reference(EVALUATING, check_stream(store, evaluating))
    finally:
        served.end(server, workers=False)
    return {"running": one, "paused": one, "evaluating": two}
