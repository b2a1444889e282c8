"""What exists: data sets with their facts. Read by training (to load), server (to offer) and cost (to estimate)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from normscope.core.spec import DataSetKind, ToyKind, ToySpec


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One file of an IDX data set. ``md5`` is of the uncompressed content, ``gz_md5`` of the published ``.gz``.

    At least one of the two is known.
    """

    name: str
    bytes: int
    """Of the uncompressed content."""
    md5: str | None = None
    gz_md5: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A published .tar.gz of files of records: one byte of class, then the pixels, channel by channel."""

    name: str
    bytes: int
    """Packed."""
    md5: str
    """Of the packed file."""
    train: tuple[str, ...]
    test: tuple[str, ...]
    """The files in it, by their names without folder; all of ``train`` are equally long."""


@dataclass(frozen=True, slots=True)
class DataSetFacts:
    """Facts of a data set. Splits are fixed: the first ``train`` examples learn, the next ``validation`` validate."""

    kind: DataSetKind
    title: str
    shape: tuple[int, ...]
    """Of one example: channels, height, width; or the number of its features."""
    classes: int
    train: int
    validation: int
    test: int
    source: str
    licence: str
    urls: tuple[str, ...] = ()
    """Base addresses to try in turn, each ending in a slash; empty: comes with a package."""
    files: tuple[IdxFile, ...] = ()
    archive: Archive | None = None
    """Instead of ``files``."""

    @property
    def features(self) -> int:
        """Numbers in one example."""
        return math.prod(self.shape)

    @property
    def published(self) -> tuple[str, ...]:
        """Names of the files as they are published."""
        return (self.archive.name,) if self.archive is not None else tuple(f"{file.name}.gz" for file in self.files)

    @property
    def download_bytes(self) -> int:
        """What a download takes, compressed, roughly: IDX images shrink to a quarter or better."""
        if self.archive is not None:
            return self.archive.bytes
        return sum(file.bytes for file in self.files) // 4


def _idx(md5: tuple[str, ...] = (), gz_md5: tuple[str, ...] = ()) -> tuple[IdxFile, ...]:
    """The four files of a 28 x 28 data set with 60,000 and 10,000 examples; headers take 16 and 8 bytes."""
    sizes = {
        "train-images-idx3-ubyte": 16 + 60_000 * 784,
        "train-labels-idx1-ubyte": 8 + 60_000,
        "t10k-images-idx3-ubyte": 16 + 10_000 * 784,
        "t10k-labels-idx1-ubyte": 8 + 10_000,
    }
    return tuple(
        IdxFile(name, size, md5[i] if md5 else None, gz_md5[i] if gz_md5 else None)
        for i, (name, size) in enumerate(sizes.items())
    )


def _toy(kind: ToyKind, title: str, classes: int) -> DataSetFacts:
    """Points of the plane; ``train`` is what is drawn when nobody says how many."""
    train = ToySpec(kind=kind).examples
    return DataSetFacts(kind, title, (2,), classes, train, 1_000, 1_000, source="drawn by a formula", licence="MIT")


DATASETS: dict[DataSetKind, DataSetFacts] = {
    facts.kind: facts
    for facts in (
        DataSetFacts(
            kind="digits",
            title="Digits",
            shape=(1, 8, 8),
            classes=10,
            train=1_197,
            validation=300,
            test=300,
            source="Optical Recognition of Handwritten Digits (Alpaydin & Kaynak 1998), as in scikit-learn",
            licence="CC BY 4.0",
        ),
        DataSetFacts(
            kind="mnist",
            title="MNIST",
            shape=(1, 28, 28),
            classes=10,
            train=55_000,
            validation=5_000,
            test=10_000,
            source="LeCun, Cortes & Burges 1998",
            licence="CC BY-SA 3.0",
            urls=(
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
            ),
            files=_idx(
                md5=(
                    "6bbc9ace898e44ae57da46a324031adb",
                    "a25bea736e30d166cdddb491f175f624",
                    "2646ac647ad5339dbf082846283269ea",
                    "27ae3e4e09519cfbb04c329615203637",
                )
            ),
        ),
        DataSetFacts(
            kind="fashion_mnist",
            title="Fashion-MNIST",
            shape=(1, 28, 28),
            classes=10,
            train=55_000,
            validation=5_000,
            test=10_000,
            source="Xiao, Rasul & Vollgraf 2017",
            licence="MIT",
            urls=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
            files=_idx(
                gz_md5=(
                    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                    "25c81989df183df01b3e8a0aad5dffbe",
                    "bef4ecab320f06d8554ea6380940ec79",
                    "bb300cfdad3c16e7a12a480ee83cd310",
                )
            ),
        ),
        DataSetFacts(
            kind="kmnist",
            title="Kuzushiji-MNIST",
            shape=(1, 28, 28),
            classes=10,
            train=55_000,
            validation=5_000,
            test=10_000,
            source="Clanuwat et al. 2018",
            licence="CC BY-SA 4.0",
            urls=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
            files=_idx(
                gz_md5=(
                    "bdb82020997e1d708af4cf47b453dcf7",
                    "e144d726b3acfaa3e44228e80efcd344",
                    "5c965bf0a639b31b8f53240b1b52f4d7",
                    "7320c461ea6c1c855c0b718fb2a4b134",
                )
            ),
        ),
        DataSetFacts(
            kind="cifar10",
            title="CIFAR-10",
            shape=(3, 32, 32),
            classes=10,
            train=45_000,
            validation=5_000,
            test=10_000,
            source="Krizhevsky 2009, binary version",
            licence="not stated",
            urls=("https://www.cs.toronto.edu/~kriz/",),
            archive=Archive(
                name="cifar-10-binary.tar.gz",
                bytes=170_052_171,
                md5="c32a1d4ab5d03f1284b67883e8d87530",
                train=tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
                test=("test_batch.bin",),
            ),
        ),
        _toy("spirals", "Spirals", 2),
        _toy("moons", "Moons", 2),
        _toy("circles", "Circles", 2),
        _toy("blobs", "Blobs", 3),
    )
}


def at_hand(kind: DataSetKind, datasets_dir: Path) -> bool:
    """Whether every file of ``kind`` is below ``datasets_dir``, packed or not. Says nothing about their content."""
    folder = datasets_dir / kind
    archive = DATASETS[kind].archive
    if archive is not None:
        unpacked = all((folder / name).is_file() for name in (*archive.train, *archive.test))
        return unpacked or (folder / archive.name).is_file()
    return all(
        (folder / file.name).is_file() or (folder / f"{file.name}.gz").is_file() for file in DATASETS[kind].files
    )
