"""How the script reads its examples, changes them once, and once more at each step."""

from __future__ import annotations

from textwrap import dedent, indent

from normscope.core.catalog import DATASETS, DataSetFacts
from normscope.core.check import train_examples
from normscope.core.script.text import joined
from normscope.core.spec import DataSetSpec, MlpSpec, RunSpec, ToyKind, ToySpec

DIGITS = '''
def load():
    """Digits of scikit-learn, 8 x 8 pixels: training, validation and test."""
    pixels, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(pixels))
    x, y = pixels[order] / 16, y[order]
    x = ((x - x[:1197].mean()) / x[:1197].std()).astype(np.float32)
'''

IDX = '''
def read(folder, name, header):
    """The values behind the header of an IDX file, which may be packed with gzip."""
    file, packed = folder / name, folder / f"{name}.gz"
    raw = file.read_bytes() if file.exists() else gzip.decompress(packed.read_bytes())
    return np.frombuffer(raw, np.uint8, offset=header)


def load(folder):
    """TITLE, 28 x 28 pixels between 0 and 1: training, validation and test."""
    names = ("train", "t10k")
    images = [read(folder, f"{name}-images-idx3-ubyte", 16) for name in names]
    labels = [read(folder, f"{name}-labels-idx1-ubyte", 8) for name in names]
    x = np.divide(np.concatenate(images), 255, dtype=np.float32).reshape(-1, 784)
    y = np.concatenate(labels).astype(np.int64)
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
def load():
    """TITLE: training, validation and test, each from generators of its own."""
    data = []
    for split, examples in enumerate((EXAMPLES, 1000, 1000)):
        places, noise = (np.random.default_rng((split, purpose)) for purpose in (0, 1))
        y = np.arange(examples) % CLASSES
        u = places.random((examples, 2))
SHAPE
        x += NOISE * noise.standard_normal((examples, 2))
        data.append((x.astype(np.float32), y))
'''

SHAPES: dict[ToyKind, str] = {
    "spirals": (
        "radius = np.sqrt(u[:, 0])\n"
        "angle = 2 * np.pi * 1.5 * radius + np.pi * y\n"
        "x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"
    ),
    "moons": (
        "angle = np.pi * u[:, 0] + np.pi * y\n"
        "x = np.stack([2 / 3 * np.cos(angle), 2 / 3 * np.sin(angle)], axis=1)\n"
        "x += np.stack([(2 * y - 1) / 3, (2 * y - 1) / 6], axis=1)"
    ),
    "circles": (
        "radius, angle = 1.0 - 0.5 * y, 2 * np.pi * u[:, 0]\n"
        "x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"
    ),
    "blobs": (
        "angle = np.pi / 2 + 2 * np.pi / 3 * y\n"
        "x = np.stack([0.65 * np.cos(angle), 0.65 * np.sin(angle)], axis=1)\n"
        "radius, angle = 0.35 * np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1]\n"
        "x += np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)"
    ),
}

NOISE = """
random = np.random.default_rng(0)
wrong = random.permutation(EXAMPLES)[:WRONG]  # labels that are replaced by others
y[wrong] = (y[wrong] + random.integers(1, CLASSES, WRONG)) % CLASSES
"""

STANDARD_PIXELS = """
mean, deviation = x[:EXAMPLES].mean(dtype=np.float64), x[:EXAMPLES].std(dtype=np.float64)
x = (x - np.float32(mean)) / np.float32(deviation)
"""

STANDARD_COLOURS = """
x = x.reshape(-1, 3, 1024)  # each colour by itself
over = {"axis": (0, 2), "dtype": np.float64, "keepdims": True}
mean, deviation = x[:EXAMPLES].mean(**over), x[:EXAMPLES].std(**over)
x = ((x - np.float32(mean)) / np.float32(deviation)).reshape(-1, 3072)
"""

STANDARD_POINTS = """
known = data[0][0]
mean = np.float32(known.mean(axis=0, dtype=np.float64))
deviation = np.float32(known.std(axis=0, dtype=np.float64))
data = [((x - mean) / deviation, y) for x, y in data]
"""

AUGMENT = '''
def augmented(x, seed, step):
    """Images cut out of a frame of zerosMIRRORED; drawn for a seed and a step."""
    random = generator(seed, f"augmentation {step}")
    places = torch.randint(PLACES, (len(x), 2), generator=random).tolist()
FRAMED
    cut = [image[:, i : i + HEIGHT, j : j + WIDTH] for image, (i, j) in zip(x, places)]
RETURN
'''

FLIP = """mirrored = torch.rand(len(x), generator=random) < 0.5
return torch.stack([c.flip(2) if m else c for c, m in zip(cut, mirrored)])"""


def needs_folder(spec: RunSpec) -> bool:
    """Whether the script reads files, of a folder it is told."""
    facts = DATASETS[spec.dataset.kind]
    return bool(facts.files) or facts.archive is not None


def comes_as_images(spec: RunSpec) -> bool:
    """Whether examples are [channels, height, width] rather than flat."""
    return not isinstance(spec.model, MlpSpec) or augmentation(spec) is not None


def load(spec: RunSpec) -> str:
    """Functions that end with ``load``: three pairs of tensors x float32 [n, ...] and y int64 [n]."""
    facts = DATASETS[spec.dataset.kind]
    return _toy(spec, spec.dataset, facts) if isinstance(spec.dataset, ToySpec) else _published(spec, facts)


def augmentation(spec: RunSpec) -> str | None:
    """The function that changes a minibatch; None where none is changed."""
    if not isinstance(spec.dataset, DataSetSpec) or not (spec.dataset.augment.flip or spec.dataset.augment.crop):
        return None
    augment, (_, height, width) = spec.dataset.augment, DATASETS[spec.dataset.kind].shape
    text = AUGMENT.replace("RETURN", indent(FLIP, "    ") if augment.flip else "    return torch.stack(cut)")
    return _filled(
        text.replace("FRAMED\n", "    x = F.pad(x, (CROP, CROP, CROP, CROP))\n" if augment.crop else ""),
        MIRRORED=", every other one mirrored" if augment.flip else "",
        PLACES=str(2 * augment.crop + 1),
        CROP=str(augment.crop),
        HEIGHT=str(height),
        WIDTH=str(width),
    )


def _published(spec: RunSpec, facts: DataSetFacts) -> str:
    text = DIGITS if spec.dataset.kind == "digits" else CIFAR if facts.archive is not None else IDX
    learned, end, last = (
        train_examples(spec),
        facts.train + facts.validation,
        facts.train + facts.validation + facts.test,
    )
    view = f".view{(-1, *facts.shape)}" if comes_as_images(spec) else ""
    standard = STANDARD_PIXELS if facts.shape[0] == 1 else STANDARD_COLOURS
    return joined(
        _filled(text, TITLE=facts.title),
        _inside(standard, EXAMPLES=str(learned)) if spec.dataset.normalise == "standard" else None,
        _noise(spec),
        f"    x, y = torch.tensor(x){view}, torch.tensor(y)",
        f"    parts = slice({learned}), slice({facts.train}, {end}), slice({end}, {last})",
        "    return [(x[part], y[part]) for part in parts]",
    )


def _toy(spec: RunSpec, dataset: ToySpec, facts: DataSetFacts) -> str:
    text = _filled(
        TOY.replace("SHAPE", indent(SHAPES[dataset.kind], "        ")),
        TITLE=facts.title,
        CLASSES=str(facts.classes),
        NOISE=repr(dataset.noise),
        EXAMPLES=str(dataset.examples),
    )
    return joined(
        text,
        "    y = data[0][1]" if spec.dataset.label_noise else None,
        _noise(spec),
        _inside(STANDARD_POINTS if spec.dataset.normalise == "standard" else ""),
        "    return [(torch.tensor(x), torch.tensor(y)) for x, y in data]",
    )


def _noise(spec: RunSpec) -> str | None:
    """Statements that replace some labels of training; None where all are left."""
    examples, share = train_examples(spec), spec.dataset.label_noise
    classes = DATASETS[spec.dataset.kind].classes
    values = {"EXAMPLES": examples, "WRONG": round(share * examples), "CLASSES": classes}
    return _inside(NOISE if share else "", **{name: str(value) for name, value in values.items()})


def _inside(text: str, **values: str) -> str | None:
    """Statements of a function; None where there are none."""
    return indent(_filled(text, **values), "    ") or None


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return dedent(text).strip("\n")
