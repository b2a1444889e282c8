"""How a network learns: its optimizer, and the learning rate of a step."""

from __future__ import annotations

from collections.abc import Mapping

from normscope.core.script.text import by_arm, call, match, only
from normscope.core.spec import Adam, AdamW, ArmSpec, MlpSpec, Momentum, RunSpec, ScheduleSpec


def optimizer(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """Statements that make the optimizer of ``network``."""
    arms = dict(zip(names, spec.arms, strict=True))
    apart = _groups(spec) if any(_apart(spec, arm) for arm in spec.arms) else []
    same = only(_made(spec, arms, "rate", 4))
    rates = _rates(spec, arms)
    if same is not None:
        rate = only(rates)
        return [
            *apart,
            *([by_arm("rate = ", rates, 4), same] if rate is None else [_made(spec, arms, rate, 4)[names[0]]]),
        ]
    return [*apart, match(_made(spec, arms, None, 12))]


def _rates(spec: RunSpec, arms: Mapping[str, ArmSpec]) -> dict[str, str]:
    return {name: str(spec.arm_optimizer(arm).learning_rate) for name, arm in arms.items()}


def _made(spec: RunSpec, arms: Mapping[str, ArmSpec], rate: str | None, margin: int) -> dict[str, str]:
    """For each arm the statement, with ``rate`` or else its own."""
    made: dict[str, str] = {}
    for name, arm in arms.items():
        chosen = spec.arm_optimizer(arm)
        kind = "AdamW" if isinstance(chosen, AdamW) else "Adam" if isinstance(chosen, Adam) else "SGD"
        settings = ["groups" if _apart(spec, arm) else "network.parameters()", f"lr={rate or chosen.learning_rate}"]
        if isinstance(chosen, Momentum):
            settings.append(f"momentum={chosen.momentum}")
        if chosen.weight_decay or isinstance(chosen, AdamW):
            settings.append(f"weight_decay={chosen.weight_decay}")
        made[name] = call(f"optimizer = torch.optim.{kind}", [*settings, "fused=True"], margin)
    return made


def _apart(spec: RunSpec, arm: ArmSpec) -> bool:
    chosen = spec.arm_optimizer(arm)
    return bool(chosen.weight_decay) and not chosen.decay_norm_parameters and arm.norm.kind != "none"


def _groups(spec: RunSpec) -> list[str]:
    kinds = "nn.Linear" if isinstance(spec.model, MlpSpec) else "(nn.Linear, nn.Conv2d)"
    return [
        "decayed, spared = [], []  # the gamma and beta of norms are spared",
        "for layer in network.modules():",
        f"    chosen = decayed if isinstance(layer, {kinds}) else spared",
        "    chosen.extend(layer.parameters(recurse=False))",
        'groups = [{"params": decayed}, {"params": spared, "weight_decay": 0.0}]',
    ]


def schedule(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """Statements that set the learning rate of ``step``; none where it is always the same."""
    arms = dict(zip(names, spec.arms, strict=True))
    factors = {name: _factor(spec.arm_schedule(arm), spec.steps) for name, arm in arms.items()}
    shared = only(factors)
    if shared == "factor = 1.0":
        return []
    rate = only(_rates(spec, arms)) or 'optimizer.defaults["lr"]'
    given = f'["lr"] = {rate} * factor'
    if any(_apart(spec, arm) for arm in spec.arms):
        last = f"for group in optimizer.param_groups:\n    group{given}"
    else:
        last = f"optimizer.param_groups[0]{given}"
    return [match(factors) if shared is None else shared, last]


def _factor(schedule: ScheduleSpec, steps: int) -> str:
    """Statements that say what the learning rate of ``step`` is multiplied by."""
    warmup = schedule.warmup_steps
    warm = f"min(1.0, step / {warmup})" if warmup else ""
    if schedule.kind == "constant":
        return f"factor = {warm or 1.0}"
    if schedule.kind == "step":
        return f"factor = {f'{warm} * ' if warm else ''}{schedule.factor} ** ((step - 1) // {schedule.every})"
    first, least = max(1, warmup), schedule.minimum
    done = f"(step - {first}) / {max(1, steps - first)}"
    lines = [
        f"done = {f'max(0.0, {done})' if warm else done}",
        f"factor = {f'{least} + (1 - {least}) * ' if least else ''}(1 + math.cos(math.pi * done)) / 2",
        *([f"factor *= {warm}"] if warm else []),
    ]
    return "\n".join(lines)
