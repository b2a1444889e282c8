"""How the networks learn: initial tensors, optimizers, the learning rate of a step."""

from __future__ import annotations

from normscope.core.script.text import call, function, joined, pair, quoted
from normscope.core.spec import (
    Adam,
    AdamW,
    ArmSpec,
    DefaultInitialisation,
    HeInitialisation,
    InitialisationSpec,
    MlpSpec,
    Momentum,
    NormalInitialisation,
    RunSpec,
)

APART = '''
def apart(model):
    """Weight decay spares the learned gamma and beta of norms."""
    kinds = (nn.Linear, nn.Conv2d)
    weights = [m for m in model.modules() if isinstance(m, kinds)]
    norms = [m for m in model.modules() if not isinstance(m, kinds)]
    return [
        {"params": [p for m in weights for p in m.parameters()]},
        {
            "params": [p for m in norms for p in m.parameters(recurse=False)],
            "weight_decay": 0.0,
        },
    ]
'''


def learning_parts(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """``optimizer``, ``rate`` where it changes."""
    parts = [APART.strip("\n") if any(_apart(spec, arm) for arm in spec.arms) else None, _optimizer(spec, names)]
    if changes_rate(spec):
        bodies = {name: _rate(spec, arm) for name, arm in zip(names, spec.arms, strict=True)}
        parts.append(function("rate(arm, step)", "The learning rate of a step.", bodies))
    return [part for part in parts if part is not None]


def changes_rate(spec: RunSpec) -> bool:
    """Whether some learning rate is not the same at each step."""
    schedules = [spec.arm_schedule(arm) for arm in spec.arms]
    return any(schedule.kind != "constant" or schedule.warmup_steps for schedule in schedules)


def _apart(spec: RunSpec, arm: ArmSpec) -> bool:
    chosen = spec.arm_optimizer(arm)
    return bool(chosen.weight_decay) and not chosen.decay_norm_parameters and arm.norm.kind != "none"


def optimizers(spec: RunSpec, names: tuple[str, ...]) -> dict[str, tuple[str, list[str]]]:
    """For each arm the optimizer's class and its arguments, for a network called ``model``."""
    made: dict[str, tuple[str, list[str]]] = {}
    for name, arm in zip(names, spec.arms, strict=True):
        chosen = spec.arm_optimizer(arm)
        kind = "AdamW" if isinstance(chosen, AdamW) else "Adam" if isinstance(chosen, Adam) else "SGD"
        settings = ["apart(model)" if _apart(spec, arm) else "model.parameters()", f"lr={chosen.learning_rate}"]
        if isinstance(chosen, Momentum):
            settings.append(f"momentum={chosen.momentum}")
        if chosen.weight_decay or kind == "AdamW":
            settings.append(f"weight_decay={chosen.weight_decay}")
        made[name] = (f"torch.optim.{kind}", [*settings, "fused=True"])
    return made


def _optimizer(spec: RunSpec, names: tuple[str, ...]) -> str | None:
    """``optimizer``, where arms have different ones."""
    made = optimizers(spec, names)
    bodies = {name: call(f"return {before}", settings, margin=12) for name, (before, settings) in made.items()}
    different = len(set(bodies.values())) > 1
    return function("optimizer(arm, model)", "The optimizer of a network.", bodies) if different else None


def _rate(spec: RunSpec, arm: ArmSpec) -> str:
    base, schedule = spec.arm_optimizer(arm).learning_rate, spec.arm_schedule(arm)
    warmup = schedule.warmup_steps
    warm = f"min(1.0, step / {warmup})" if warmup else None
    if schedule.kind == "constant":
        return f"return {base} * {warm}" if warm else f"return {base}"
    if schedule.kind == "step":
        power = f"{schedule.factor} ** ((step - 1) // {schedule.every})"
        return f"return {base} * ({warm} * {power})" if warm else f"return {base} * {power}"
    first = max(1, warmup)
    done = f"(step - {first}) / {max(1, spec.steps - first)}"
    least = schedule.minimum
    factor = f"{least} + (1 - {least}) * wave / 2" if least else "wave / 2"
    return joined(
        f"done = {f'max(0.0, {done})' if warm else done}",
        "wave = 1 + math.cos(math.pi * done)",
        f"return {base} * ({f'{warm} * ({factor})' if warm else factor})",
    )


def initialise(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """``initialise``, behind ``deviation`` where arms differ."""
    inits = {name: spec.arm_initialisation(arm) for name, arm in zip(names, spec.arms, strict=True)}
    uniform = [name for name, init in inits.items() if isinstance(init, DefaultInitialisation)]
    scales = {name: f"return {_scale(init)}" for name, init in inits.items()}
    parts: list[str] = []
    scale = scales[names[0]].removeprefix("return ")
    if len(set(scales.values())) > 1:
        doc = "What the draws of a layer's weights are multiplied by."
        parts.append(function("scale_of(arm, fan_in, fan_out)", doc, scales))
        scale = "scale_of(arm, fan_in, fan_out)"
    if "fan_in" in scale:
        made, scale = f"scale = {scale}\n", "scale"
    else:
        made = ""
    times = "" if scale == "1.0" else f".mul_({scale})"
    bias = ["layer.bias.zero_()"]
    drawn_bias = [
        'draws = generator(seed, f"{name}.bias")',
        "layer.bias.uniform_(-bound, bound, generator=draws)",
    ]
    if spec.redundant_bias == "drop":
        bias, drawn_bias = (
            ["if layer.bias is not None:", *(f"    {line}" for line in lines)] for lines in (bias, drawn_bias)
        )
    normal = made + "\n".join([f"layer.weight.normal_(generator=draws){times}", *bias])
    weights = f"layer.weight.uniform_(-bound, bound, generator=draws){times}"
    drawn = made + "\n".join(["bound = 1.0 / math.sqrt(fan_in)", weights, *drawn_bias])
    return [*parts, _loop(spec, normal, drawn, uniform, len(inits), "fan_out" in made, "fan_in" in made)]


def _loop(spec: RunSpec, normal: str, drawn: str, uniform: list[str], arms: int, out: bool, inputs: bool) -> str:
    kinds = "nn.Linear" if isinstance(spec.model, MlpSpec) else "(nn.Linear, nn.Conv2d)"
    lines = ["if isinstance(layer, KINDS):".replace("KINDS", kinds), '    draws = generator(seed, f"{name}.weight")']
    if inputs or uniform or out:
        lines.append("    fan_in = layer.weight[0].numel()")
    if out:
        lines.append("    fan_out = layer.weight.numel() // layer.weight.shape[1]")
    if uniform and len(uniform) < arms:
        chosen = pair([quoted(name) for name in uniform])
        block = f"if arm in {chosen}:\n{_in(drawn)}\nelse:\n{_in(normal)}"
    else:
        block = drawn if uniform else normal
    text = "\n".join([*lines, _in(block)])
    return joined(
        "@torch.no_grad()",
        "def initialise(model, arm, seed):",
        '    """Draw each tensor from a generator of its own: arms share what they both have."""',
        "    for name, layer in model.named_modules():",
        _in(_in(text)),
    )


def _in(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


def _scale(init: InitialisationSpec) -> str:
    gain = "" if init.gain == 1.0 else f"{init.gain} * "
    if isinstance(init, DefaultInitialisation):
        return repr(init.gain)
    if isinstance(init, NormalInitialisation):
        return repr(init.gain * init.std)
    if isinstance(init, HeInitialisation):
        return f"{gain}math.sqrt(2.0 / fan_in)"
    return f"{gain}math.sqrt(2.0 / (fan_in + fan_out))"
