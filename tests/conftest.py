"""What several kinds of tests share: where things are, and what to do where a part of the machine is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from normscope.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = bool(os.environ.get("NORMSCOPE_REQUIRE_ALL"))

# Tests share the machine: what an example takes says nothing of what it tests.
hypothesis_settings.register_profile("normscope", deadline=None)
hypothesis_settings.load_profile("normscope")


def missing(what: str) -> None:
    """Skip, or fail where every part is required."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder that holds ``mnist/`` with the real IDX files."""
    for candidate in (
        os.environ.get("NORMSCOPE_TEST_DATASETS_DIR"),
        ROOT.parent / "shared" / "data",
        ROOT / "data" / "datasets",
    ):
        if candidate and (Path(candidate) / "mnist" / "train-images-idx3-ubyte.gz").exists():
            return Path(candidate)
    missing("MNIST (set NORMSCOPE_TEST_DATASETS_DIR)")
    raise AssertionError("unreachable")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium that playwright can drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing("Chromium")
    raise AssertionError("unreachable")


@pytest.fixture(scope="session")
def kernels(pytestconfig: pytest.Config) -> Callable[[Path], Path]:
    """Gives a fresh data directory the kernels of this checkout, which are named by their sources: compiled once."""
    assert pytestconfig.cache is not None
    compiled = pytestconfig.cache.mkdir("normscope") / "kernels"
    compiled.mkdir(exist_ok=True)

    def give(data_dir: Path) -> Path:
        (data_dir / "cache").mkdir(parents=True)
        (data_dir / "cache" / "kernels").symlink_to(compiled)
        return data_dir

    return give


@pytest.fixture(scope="session")
def warm_settings(tmp_path_factory: pytest.TempPathFactory, kernels: Callable[[Path], Path]) -> Iterator[Settings]:
    """A data directory with a warm launcher, shared by all tests that start real workers."""
    from normscope.execution.local import LocalExecutor, stop_all

    folder = kernels(tmp_path_factory.mktemp("warm"))
    settings = Settings(data_dir=folder, datasets_dir=folder / "datasets", download=False)
    LocalExecutor(settings).prepare()
    yield settings
    stop_all(settings)


@pytest.fixture(scope="session")
def with_kernels(warm_settings: Settings) -> Callable[[Path], Path]:
    """Lends a fresh data directory the compiled kernels and decoded data of the warm one."""

    def lend(data_dir: Path) -> Path:
        data_dir.mkdir(parents=True, exist_ok=True)
        (data_dir / "cache").symlink_to(warm_settings.data_dir / "cache")
        return data_dir

    return lend
