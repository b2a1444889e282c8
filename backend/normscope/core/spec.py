"""``RunSpec``: what was asked for. Immutable, stored for ever; its JSON Schema draws the launch form.

Every number is finite and bounded; unknown fields are refused. Labels and help texts of the form live in the
frontend's message files under ``spec.<path>``; here ``json_schema_extra`` carries what is structure: the form's
``group``, whether a magnitude is ``scale: log``, whether it is folded as ``advanced``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from normscope.core.spec_base import Model as Model
from normscope.core.spec_base import hint as hint
from normscope.core.spec_learning import Adam as Adam
from normscope.core.spec_learning import AdamW as AdamW
from normscope.core.spec_learning import ConstantSchedule as ConstantSchedule
from normscope.core.spec_learning import CosineSchedule as CosineSchedule
from normscope.core.spec_learning import EarlyStoppingSpec as EarlyStoppingSpec
from normscope.core.spec_learning import Momentum as Momentum
from normscope.core.spec_learning import OptimizerSpec as OptimizerSpec
from normscope.core.spec_learning import ScheduleSpec as ScheduleSpec
from normscope.core.spec_learning import Sgd as Sgd
from normscope.core.spec_learning import StepSchedule as StepSchedule
from normscope.core.spec_probes import ProbeSpec as ProbeSpec

PublishedKind = Literal["digits", "mnist", "fashion_mnist", "kmnist", "cifar10"]
ToyKind = Literal["spirals", "moons", "circles", "blobs"]
DataSetKind = PublishedKind | ToyKind
ActivationKind = Literal["sigmoid", "tanh", "relu", "gelu"]
Placement = Literal["before_activation", "after_activation"]
DropoutPlacement = Literal["after_norm", "before_norm"]

MAX_ARMS = 8
MAX_SEEDS = 8
MAX_LAYERS = 24


class DataSetBase(Model):
    """What all data sets share. Splits are fixed and apart from the seeds."""

    label_noise: float = Field(0.0, ge=0, lt=1, json_schema_extra=hint("data", advanced=True))
    """Share of the training labels that are replaced by another class; validation and test keep theirs."""
    normalise: Literal["none", "standard"] = Field("none", json_schema_extra=hint("data", advanced=True))
    """``standard``: each channel minus its mean, divided by its standard deviation, both of the training examples."""


class AugmentSpec(Model):
    """How training images are changed at random each time they are seen; evaluation sees them as they are."""

    flip: bool = Field(False, json_schema_extra=hint("data", advanced=True))
    """Every other image is mirrored left to right."""
    crop: int = Field(0, ge=0, le=31, json_schema_extra=hint("data", advanced=True, unit="pixels"))
    """Pixels of zeros around an image, out of which a part of its size is cut; 0: none."""


class DataSetSpec(DataSetBase):
    """A published set of images."""

    kind: PublishedKind = Field(json_schema_extra=hint("data"))
    train_examples: int | None = Field(
        None, ge=10, le=55_000, json_schema_extra=hint("data", scale="log", advanced=True, unit="examples")
    )
    """The first n examples of the training split; null: all."""
    augment: AugmentSpec = Field(default_factory=AugmentSpec, json_schema_extra=hint("data", advanced=True))


class ToySpec(DataSetBase):
    """Points of the plane, drawn by a formula: what a network makes of every point can be shown."""

    kind: ToyKind = Field(json_schema_extra=hint("data"))
    examples: int = Field(500, ge=20, le=10_000, json_schema_extra=hint("data", scale="log", unit="examples"))
    """Training examples; validation and test have 1,000 each."""
    noise: float = Field(0.05, ge=0, le=1, json_schema_extra=hint("data"))
    """Standard deviation of what is added to both coordinates; the sets have a radius of about 1."""


AnyDataSetSpec = Annotated[DataSetSpec | ToySpec, Field(discriminator="kind")]


class MlpSpec(Model):
    """A multilayer perceptron: linear, norm and activation for each hidden width, then a linear output layer."""

    kind: Literal["mlp"] = Field("mlp", json_schema_extra=hint("network"))
    hidden: tuple[Annotated[int, Field(ge=1, le=2048)], ...] = Field(
        (100, 100, 100),
        strict=False,
        min_length=1,
        max_length=MAX_LAYERS,
        json_schema_extra=hint("network", unit="units"),
    )
    activation: ActivationKind = Field("sigmoid", json_schema_extra=hint("network"))


ConvolutionWidth = Annotated[int, Field(ge=1, le=512)]


class CnnSpec(Model):
    """A plain convolutional network, as VGG (Simonyan & Zisserman 2015): convolution, norm, activation for each width.

    Convolutions keep height and width (zero padding); ``pool`` takes the greatest of each 2 x 2 pixels. The head
    averages each channel over its positions (Lin et al. 2014) or takes all values; dense layers may follow.
    """

    kind: Literal["cnn"] = Field("cnn", json_schema_extra=hint("network"))
    convolutions: tuple[ConvolutionWidth | Literal["pool"], ...] = Field(
        (16, 16, "pool", 32, 32),
        strict=False,
        min_length=1,
        max_length=32,
        json_schema_extra=hint("network", unit="channels"),
    )
    kernel_size: Literal[3, 5] = Field(3, json_schema_extra=hint("network", advanced=True))
    head: Literal["average", "flatten"] = Field("average", json_schema_extra=hint("network", advanced=True))
    hidden: tuple[Annotated[int, Field(ge=1, le=2048)], ...] = Field(
        (), strict=False, max_length=8, json_schema_extra=hint("network", advanced=True, unit="units")
    )
    activation: ActivationKind = Field("relu", json_schema_extra=hint("network"))


class ResNetSpec(Model):
    """He et al. 2016, in the form for small images: a 3 x 3 stem, no pool before the last.

    8, 14 and 20 are those of section 4.2 (three stages of ``width``, 2 and 4 times it; shortcuts without parameters,
    option A); 18 has the four stages of two basic blocks of section 4.1 (shortcuts by projection, option B).
    """

    kind: Literal["resnet"] = Field("resnet", json_schema_extra=hint("network"))
    depth: Literal[8, 14, 20, 18] = Field(8, json_schema_extra=hint("network"))
    width: int = Field(16, ge=1, le=128, json_schema_extra=hint("network", scale="log", unit="channels"))
    activation: ActivationKind = Field("relu", json_schema_extra=hint("network"))

    @property
    def stages(self) -> tuple[int, ...]:
        """Blocks of two convolutions in each stage."""
        return (2,) * 4 if self.depth == 18 else ((self.depth - 2) // 6,) * 3


def _mlp_by_default(value: Any) -> Any:
    """A model without a kind is a multilayer perceptron: the only one there was at first."""
    return {"kind": "mlp"} | value if isinstance(value, dict) else value


ModelSpec = Annotated[MlpSpec | CnnSpec | ResNetSpec, Field(discriminator="kind"), BeforeValidator(_mlp_by_default)]


class NoNorm(Model):
    """The plain network."""

    kind: Literal["none"] = "none"


class PlacedNorm(Model):
    """A normalisation before or after the activation."""

    placement: Placement = "before_activation"
    eps: float = Field(1e-5, gt=0, le=1.0, json_schema_extra=hint(scale="log", advanced=True))


class RunningNorm(PlacedNorm):
    """A norm over the minibatch that keeps running statistics; ``momentum`` is the weight of the newest."""

    momentum: float = Field(0.1, gt=0, le=1.0, json_schema_extra=hint(advanced=True))


class BatchNorm(RunningNorm):
    """Ioffe & Szegedy 2015. ``momentum`` is the weight of the new batch, as in PyTorch.

    Without running statistics, evaluation normalises by the batch that is evaluated.
    """

    kind: Literal["batch"] = "batch"
    affine: bool = Field(True, json_schema_extra=hint(advanced=True))
    track_running_statistics: bool = Field(True, json_schema_extra=hint(advanced=True))


class GhostBatchNorm(RunningNorm):
    """Hoffer, Hubara & Soudry 2017: each part of ``ghost_size`` examples of a minibatch is normalised by itself."""

    kind: Literal["ghost_batch"] = "ghost_batch"
    ghost_size: int = Field(20, ge=1, le=4096, json_schema_extra=hint(unit="examples"))


class NoisyBatchNorm(RunningNorm):
    """Santurkar et al. 2018, appendix A: after normalising, every value is scaled and shifted at random.

    For each unit and step, a mean from U(-mean_shift, mean_shift) and a scale from U(1, scale_limit); for each example,
    a shift from U(mean +- mean_jitter) and a factor from N(scale, scale_jitter^2).
    """

    kind: Literal["noisy_batch"] = "noisy_batch"
    mean_shift: float = Field(0.5, ge=0, le=100)
    scale_limit: float = Field(1.25, ge=1, le=100)
    mean_jitter: float = Field(0.1, ge=0, le=100, json_schema_extra=hint(advanced=True))
    scale_jitter: float = Field(0.1, ge=0, le=100, json_schema_extra=hint(advanced=True))


class FrozenBatchNorm(PlacedNorm):
    """BatchNorm by stored statistics that never move. From scratch they are mean 0, variance 1: scale, shift only."""

    kind: Literal["frozen_batch"] = "frozen_batch"


class LayerNorm(PlacedNorm):
    """Ba, Kiros & Hinton 2016."""

    kind: Literal["layer"] = "layer"


class GroupNorm(PlacedNorm):
    """Wu & He 2018."""

    kind: Literal["group"] = "group"
    groups: int = Field(4, ge=1, le=256)


class InstanceNorm(PlacedNorm):
    """Ulyanov, Vedaldi & Lempitsky 2016: each channel of each example, over its positions."""

    kind: Literal["instance"] = "instance"


class RmsNorm(PlacedNorm):
    """Zhang & Sennrich 2019."""

    kind: Literal["rms"] = "rms"


NormSpec = Annotated[
    NoNorm
    | BatchNorm
    | LayerNorm
    | GroupNorm
    | InstanceNorm
    | RmsNorm
    | GhostBatchNorm
    | NoisyBatchNorm
    | FrozenBatchNorm,
    Field(discriminator="kind"),
]


class DefaultInitialisation(Model):
    """``torch.nn.Linear``'s own: U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for weights and biases; weights times ``gain``."""

    kind: Literal["default"] = "default"
    gain: float = Field(1.0, gt=0, le=1000, json_schema_extra=hint("network", scale="log", advanced=True))


class NormalInitialisation(Model):
    """W ~ N(0, (gain * std)^2), biases zero."""

    kind: Literal["normal"] = "normal"
    std: float = Field(0.1, gt=0, le=100, json_schema_extra=hint("network", scale="log"))
    gain: float = Field(1.0, gt=0, le=1000, json_schema_extra=hint("network", scale="log", advanced=True))


class XavierInitialisation(Model):
    """Glorot & Bengio 2010: W ~ N(0, gain^2 * 2 / (fan_in + fan_out)), biases zero."""

    kind: Literal["xavier"] = "xavier"
    gain: float = Field(1.0, gt=0, le=1000, json_schema_extra=hint("network", scale="log"))


class HeInitialisation(Model):
    """He et al. 2015: W ~ N(0, gain^2 * 2 / fan_in), biases zero."""

    kind: Literal["he"] = "he"
    gain: float = Field(1.0, gt=0, le=1000, json_schema_extra=hint("network", scale="log"))


InitialisationSpec = Annotated[
    DefaultInitialisation | NormalInitialisation | XavierInitialisation | HeInitialisation, Field(discriminator="kind")
]

DropoutRate = Annotated[float, Field(ge=0, lt=1)]


class ArmSpec(Model):
    """One of the networks compared. ``null`` overrides take the run's value."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    norm: NormSpec
    optimizer: OptimizerSpec | None = None
    schedule: ScheduleSpec | None = None
    initialisation: InitialisationSpec | None = None
    dropout: DropoutRate | None = None


class RunSpec(Model):
    """One training job: arms x seeds networks that step together."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    dataset: AnyDataSetSpec = Field(json_schema_extra=hint("data"))
    model: ModelSpec = Field(json_schema_extra=hint("network", untagged="mlp"))
    arms: tuple[ArmSpec, ...] = Field(strict=False, min_length=1, max_length=MAX_ARMS)
    optimizer: OptimizerSpec = Field(default_factory=Sgd, json_schema_extra=hint("training"))
    schedule: ScheduleSpec = Field(default_factory=ConstantSchedule, json_schema_extra=hint("training", advanced=True))
    clip_norm: float | None = Field(None, gt=0, le=1000, json_schema_extra=hint("training", scale="log", advanced=True))
    """Gradients of all parameters together are scaled to this Euclidean norm where it is greater; null: never."""
    label_smoothing: float = Field(0.0, ge=0, lt=1, json_schema_extra=hint("training", advanced=True))
    """Share of each training target spread evenly over all classes (Szegedy et al. 2016). Evaluation has none."""
    early_stopping: EarlyStoppingSpec | None = Field(None, json_schema_extra=hint("training", advanced=True))
    """Of each replicate by itself; null: all go on to the last step."""
    initialisation: InitialisationSpec = Field(default_factory=DefaultInitialisation, json_schema_extra=hint("network"))
    redundant_bias: Literal["keep", "drop"] = Field("keep", json_schema_extra=hint("network", advanced=True))
    """Of a layer whose norm subtracts its bias again."""
    dropout: DropoutRate = Field(0.0, json_schema_extra=hint("network", advanced=True))
    dropout_placement: DropoutPlacement = Field("after_norm", json_schema_extra=hint("network", advanced=True))
    """Of a layer with a norm; in a layer without one dropout follows the activation."""
    batch_size: int = Field(60, ge=1, le=55_000, json_schema_extra=hint("training", scale="log", unit="examples"))
    drop_last: bool = Field(True, json_schema_extra=hint("training", advanced=True))
    steps: int = Field(4000, ge=1, le=1_000_000, json_schema_extra=hint("training", scale="log", unit="steps"))
    seeds: tuple[Annotated[int, Field(ge=0, le=2**31 - 1)], ...] = Field(
        (1,), strict=False, min_length=1, max_length=MAX_SEEDS, json_schema_extra=hint("training")
    )
    checkpoint_every: int = Field(
        500, ge=0, le=1_000_000, json_schema_extra=hint("measuring", scale="log", advanced=True, unit="steps")
    )
    """Steps between checkpoints, from which an interrupted run goes on and others are forked; 0: only when it is paused
    and when it ends."""
    speed: float | None = Field(
        None, gt=0, le=10_000, json_schema_extra=hint("measuring", scale="log", advanced=True, unit="steps_per_second")
    )
    """Most steps per second, for watching; null: as fast as possible."""
    device: Literal["auto", "cpu", "cuda"] = Field("auto", json_schema_extra=hint("measuring", advanced=True))
    """Where the networks train; auto: on a CUDA device where there is one and the network is large enough."""
    evaluate_every: int = Field(100, ge=1, le=1_000_000, json_schema_extra=hint("measuring", scale="log", unit="steps"))
    probes: ProbeSpec = Field(default_factory=ProbeSpec, json_schema_extra=hint("measuring"))

    @model_validator(mode="after")
    def _names_and_seeds_differ(self) -> Self:
        names = [arm.name for arm in self.arms]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise ValueError(
                    f"arm names must differ: arms {names.index(name) + 1} and {index + 1} are both '{name}'"
                )
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must differ: got {list(self.seeds)}")
        return self

    def arm_optimizer(self, arm: ArmSpec) -> OptimizerSpec:
        """The optimizer ``arm`` trains with."""
        return arm.optimizer if arm.optimizer is not None else self.optimizer

    def arm_schedule(self, arm: ArmSpec) -> ScheduleSpec:
        """The schedule of ``arm``'s learning rate."""
        return arm.schedule if arm.schedule is not None else self.schedule

    def arm_initialisation(self, arm: ArmSpec) -> InitialisationSpec:
        """The initialisation ``arm`` starts from."""
        return arm.initialisation if arm.initialisation is not None else self.initialisation

    def arm_dropout(self, arm: ArmSpec) -> float:
        """The dropout rate of ``arm``."""
        return arm.dropout if arm.dropout is not None else self.dropout
