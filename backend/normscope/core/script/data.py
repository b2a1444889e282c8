"""How the script reads its examples, changes them once, and once more at each step."""

from __future__ import annotations

from textwrap import dedent, indent

from normscope.core.catalog import DATASETS, DataSetFacts
from normscope.core.check import train_examples
from normscope.core.script.text import joined
from normscope.core.spec import DataSetSpec, RunSpec, ToyKind, ToySpec

DIGITS = '''
def load():
    """Digits of scikit-learn, 8 x 8 pixels: training, validation and test."""
    pixels, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(pixels))
    x, y = pixels[order] / 16, y[order].astype(np.int64)
    x = ((x - x[:1197].mean()) / x[:1197].std()).astype(np.float32)
'''

IDX = '''
def read(folder, name):
    """The array in an IDX file, which may be packed with gzip."""
    file, packed = folder / name, folder / f"{name}.gz"
    raw = file.read_bytes() if file.exists() else gzip.decompress(packed.read_bytes())
    sizes = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(sizes)


def load(folder):
    """TITLE, 28 x 28 pixels between 0 and 1: training, validation and test."""
    files = [read(folder, f"{split}-images-idx3-ubyte") for split in ("train", "t10k")]
    x = np.divide(np.concatenate(files).reshape(-1, 784), 255, dtype=np.float32)
    files = [read(folder, f"{split}-labels-idx1-ubyte") for split in ("train", "t10k")]
    y = np.concatenate(files).astype(np.int64)
'''

CIFAR = '''
def load(folder):
    """CIFAR-10's binary version, 3 x 32 x 32 values: training, validation and test."""
    names = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    raw = np.concatenate([np.fromfile(folder / name, np.uint8) for name in names])
    records = raw.reshape(-1, 1 + 3072)
    x = np.divide(records[:, 1:], 255, dtype=np.float32)
    y = records[:, 0].astype(np.int64)
'''

TOY = '''
def polar(radius, angle):
    """Points of the plane, [n, 2]."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def draw(number, examples):
    """TITLE: the points of a split, each split from generators of its own."""
    y = np.arange(examples, dtype=np.int64) % CLASSES
    places, noise = (np.random.default_rng((number, purpose)) for purpose in (0, 1))
    u = places.random((examples, 2))
SHAPE
    x += NOISE * noise.standard_normal((examples, 2))
    return x.astype(np.float32), y


def load():
    """Training, validation and test."""
    train, validation, test = draw(0, EXAMPLES), draw(1, 1000), draw(2, 1000)
'''

SHAPES: dict[ToyKind, str] = {
    "spirals": "radius = np.sqrt(u[:, 0])\nx = polar(radius, 2 * np.pi * 1.5 * radius + np.pi * y)",
    "moons": (
        "angle = np.pi * u[:, 0] + np.pi * y\n"
        "centres = np.stack([(2 * y - 1) / 3, (2 * y - 1) / 6], axis=1)\n"
        "x = polar(np.full(len(y), 2 / 3), angle) + centres"
    ),
    "circles": "x = polar(1.0 - 0.5 * y, 2 * np.pi * u[:, 0])",
    "blobs": (
        "centres = polar(np.full(len(y), 1 - 0.35), np.pi / 2 + 2 * np.pi / 3 * y)\n"
        "x = centres + polar(0.35 * np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1])"
    ),
}

NOISE = """
random = np.random.default_rng(0)
wrong = random.permutation(EXAMPLES)[:WRONG]  # labels that are replaced by others
LABELS[wrong] = (LABELS[wrong] + random.integers(1, CLASSES, len(wrong))) % CLASSES
"""

STANDARD = '''
def standardised(train, *others):
    """Each channel minus its mean over the training images, by its deviation there."""
    values = train[0].reshape(len(train[0]), CHANNELS, -1)
    mean = values.mean(axis=(0, 2), dtype=np.float64, keepdims=True)
    deviation = values.std(axis=(0, 2), dtype=np.float64, keepdims=True)
    deviation[deviation == 0] = 1.0
    mean, deviation = mean.astype(np.float32), deviation.astype(np.float32)
    for x, y in (train, *others):
        scaled = (x.reshape(len(x), CHANNELS, -1) - mean) / deviation
        yield scaled.reshape(x.shape), y
'''

AUGMENT = '''
def augmented(x, seed, step):
    """Images cut out of a frame of zerosMIRRORED; drawn for a seed and a step."""
    random = generator(seed, f"augmentation {step}")
    place = torch.randint(PLACES, (len(x), 2), generator=random)
    rows = place[:, :1] + torch.arange(HEIGHT)
    columns = place[:, 1:] + torch.arange(WIDTH)
FLIP
    framed = F.pad(x.view(-1, CHANNELS, HEIGHT, WIDTH), (CROP, CROP, CROP, CROP))
    images, channels = torch.arange(len(x)), torch.arange(CHANNELS)
    return framed[
        images[:, None, None, None],
        channels[None, :, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ].reshape(len(x), -1)
'''

FLIP = """mirrored = torch.rand(len(x), generator=random) < 0.5
columns = torch.where(mirrored[:, None], columns.flip(1), columns)"""


def needs_folder(spec: RunSpec) -> bool:
    """Whether the script reads files, of a folder it is told."""
    facts = DATASETS[spec.dataset.kind]
    return bool(facts.files) or facts.archive is not None


def data_parts(spec: RunSpec) -> list[str]:
    """Functions that end with ``load``: three pairs of x float32 [n, features] and y int64 [n]."""
    facts = DATASETS[spec.dataset.kind]
    own: list[str] = []
    if spec.dataset.normalise == "standard":
        text = _filled(STANDARD, CHANNELS=str(facts.shape[0]))
        own.append(text.replace("training images", "training points") if len(facts.shape) == 1 else text)
    source = _toy(spec, spec.dataset, facts) if isinstance(spec.dataset, ToySpec) else _published(spec, facts)
    splits = "train, validation, test"
    whole = f"standardised({splits})" if spec.dataset.normalise == "standard" else splits
    return [*own, f"{source}\n    return {whole}"]


def augmentation(spec: RunSpec) -> str | None:
    """The function that changes a minibatch; None where none is changed."""
    if not isinstance(spec.dataset, DataSetSpec) or not (spec.dataset.augment.flip or spec.dataset.augment.crop):
        return None
    augment, (channels, height, width) = spec.dataset.augment, DATASETS[spec.dataset.kind].shape
    text = AUGMENT.replace("FLIP\n", indent(FLIP, "    ") + "\n" if augment.flip else "")
    return _filled(
        text.replace("MIRRORED", ", every other one mirrored" if augment.flip else ""),
        PLACES=str(2 * augment.crop + 1),
        CROP=str(augment.crop),
        CHANNELS=str(channels),
        HEIGHT=str(height),
        WIDTH=str(width),
    )


def _published(spec: RunSpec, facts: DataSetFacts) -> str:
    text = DIGITS if spec.dataset.kind == "digits" else CIFAR if facts.archive is not None else IDX
    learned, end = train_examples(spec), facts.train + facts.validation
    return joined(
        _filled(text, TITLE=facts.title),
        _noise(spec, "y"),
        f"    train, validation = (x[:{learned}], y[:{learned}]), (x[{facts.train}:{end}], y[{facts.train}:{end}])",
        f"    test = (x[{end}:], y[{end}:])",
    )


def _toy(spec: RunSpec, dataset: ToySpec, facts: DataSetFacts) -> str:
    text = _filled(
        TOY.replace("SHAPE", indent(SHAPES[dataset.kind], "    ")),
        TITLE=facts.title,
        CLASSES=str(facts.classes),
        NOISE=repr(dataset.noise),
        EXAMPLES=str(dataset.examples),
    )
    return joined(text, _noise(spec, "train[1]"))


def _noise(spec: RunSpec, labels: str) -> str | None:
    """Statements that replace some labels of training; None where all are left."""
    examples, share = train_examples(spec), spec.dataset.label_noise
    if not share:
        return None
    classes = DATASETS[spec.dataset.kind].classes
    values = {"EXAMPLES": examples, "WRONG": round(share * examples), "LABELS": labels, "CLASSES": classes}
    return indent(_filled(NOISE, **{name: str(value) for name, value in values.items()}), "    ")


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return dedent(text).strip("\n")
