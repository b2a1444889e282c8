"""The parts of a spec that say how a network learns: optimizers and schedules of the learning rate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from normscope.core.spec_base import Model, hint


class OptimizerBase(Model):
    """What all optimizers share."""

    learning_rate: float = Field(0.1, gt=0, le=1000, json_schema_extra=hint("training", scale="log"))
    weight_decay: float = Field(0.0, ge=0, le=100, json_schema_extra=hint("training", scale="log", advanced=True))
    """SGD, momentum, Adam: added to the gradient (L2); AdamW: apart from it."""
    decay_norm_parameters: bool = Field(True, json_schema_extra=hint("training", advanced=True))
    """Whether weight decay acts on the learned gamma and beta of norms too, as PyTorch's default does."""


class Sgd(OptimizerBase):
    """Plain stochastic gradient descent."""

    kind: Literal["sgd"] = "sgd"


class Momentum(OptimizerBase):
    """SGD with heavy-ball momentum, in PyTorch's form."""

    kind: Literal["momentum"] = "momentum"
    momentum: float = Field(0.9, ge=0, lt=1, json_schema_extra=hint("training"))


class Adam(OptimizerBase):
    """Kingma & Ba 2015."""

    kind: Literal["adam"] = "adam"
    learning_rate: float = Field(1e-3, gt=0, le=1000, json_schema_extra=hint("training", scale="log"))


class AdamW(OptimizerBase):
    """Loshchilov & Hutter 2019: decoupled weight decay."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: float = Field(1e-3, gt=0, le=1000, json_schema_extra=hint("training", scale="log"))
    weight_decay: float = Field(0.01, ge=0, le=100, json_schema_extra=hint("training", scale="log"))


OptimizerSpec = Annotated[Sgd | Momentum | Adam | AdamW, Field(discriminator="kind")]


class ScheduleBase(Model):
    """What all schedules share: the learning rate is multiplied by a factor of the step."""

    warmup_steps: int = Field(
        0, ge=0, le=1_000_000, json_schema_extra=hint("training", advanced=True, scale="log", unit="steps")
    )
    """The factor also grows in a straight line to 1 over the first n steps (Goyal et al. 2017); 0: at once."""


class ConstantSchedule(ScheduleBase):
    """The learning rate as it is."""

    kind: Literal["constant"] = "constant"


class StepSchedule(ScheduleBase):
    """Times ``factor`` after every so many steps."""

    kind: Literal["step"] = "step"
    every: int = Field(
        1000, ge=1, le=1_000_000, json_schema_extra=hint("training", scale="log", advanced=True, unit="steps")
    )
    factor: float = Field(0.1, gt=0, le=1, json_schema_extra=hint("training", advanced=True))


class CosineSchedule(ScheduleBase):
    """Loshchilov & Hutter 2017, one half wave without restarts: from the end of the warm-up to the last step."""

    kind: Literal["cosine"] = "cosine"
    minimum: float = Field(0.0, ge=0, le=1, json_schema_extra=hint("training", advanced=True))
    """Share of the learning rate that is left at the last step."""


ScheduleSpec = Annotated[ConstantSchedule | StepSchedule | CosineSchedule, Field(discriminator="kind")]


class EarlyStoppingSpec(Model):
    """A replicate whose metric does not get better any more leaves the run, with the weights of its best evaluation."""

    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"
    patience: int = Field(10, ge=1, le=100_000, json_schema_extra=hint(scale="log", unit="evaluations"))
    """Evaluations in a row without improvement after which it stops."""
    minimum_improvement: float = Field(0.0, ge=0, le=1000)
    """A value must be better than the best one by more than this."""
    restore_best: bool = True
    """Whether the test is made with the weights of the best evaluation, else with the last ones."""
