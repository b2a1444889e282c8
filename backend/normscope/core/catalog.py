"""What exists: data sets with their facts. Read by training (to load), server (to offer) and cost (to estimate)."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.core.spec import DataSetKind


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One file of an IDX data set. ``md5`` is of the uncompressed content."""

    name: str
    md5: str
    bytes: int


@dataclass(frozen=True, slots=True)
class DataSetFacts:
    """Facts of a data set. Splits are fixed: the first ``train`` examples learn, the next ``validation`` validate."""

    kind: DataSetKind
    title: str
    features: int
    classes: int
    train: int
    validation: int
    test: int
    source: str
    licence: str
    urls: tuple[str, ...] = ()
    """Base addresses to try in turn; empty: comes with a package."""
    files: tuple[IdxFile, ...] = ()

    @property
    def download_bytes(self) -> int:
        """What a download takes, compressed, roughly: IDX images shrink to a quarter or better."""
        return sum(file.bytes for file in self.files) // 4
