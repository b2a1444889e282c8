"""Every implementation of a seam goes through the same tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from normscope.storage.store import Store

STORES: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: f"sqlite:///{folder / 'data' / 'normscope.db'}"}


@pytest.fixture(scope="module", params=sorted(STORES))
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database for each module and kind of store."""
    return STORES[request.param](tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    """A store on it; tests make runs of their own."""
    with contextlib.closing(Store(url)) as made:
        yield made


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A store that nobody else uses."""
    with contextlib.closing(Store(STORES["sqlite"](tmp_path))) as made:
        yield made
