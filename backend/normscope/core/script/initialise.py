"""The initial tensors of a network called ``network``."""

from __future__ import annotations

from textwrap import indent

from normscope.core.script.text import among, by_arm, only
from normscope.core.spec import (
    DefaultInitialisation,
    HeInitialisation,
    InitialisationSpec,
    MlpSpec,
    NormalInitialisation,
    RunSpec,
)


def initialise(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """Statements that draw each tensor from a generator of its own."""
    inits = {name: spec.arm_initialisation(arm) for name, arm in zip(names, spec.arms, strict=True)}
    uniform = [name for name, init in inits.items() if isinstance(init, DefaultInitialisation)]
    scales = {name: _scale(init) for name, init in inits.items()}
    scale, lines = only(scales), ['draws = generator(seed, f"{name}.weight")']
    if uniform or any("fan_in" in each for each in scales.values()):
        lines.append("fan_in = layer.weight[0].numel()")
    if any("fan_out" in each for each in scales.values()):
        lines.append("fan_out = layer.weight.numel() // layer.weight.shape[1]")
    if scale is None:
        lines.append(by_arm("scale = ", scales, margin=12))
    elif len(scale) > 26:
        lines.append(f"scale = {scale}")
        scale = None
    times = "" if scale == "1.0" else f".mul_({scale or 'scale'})"
    drawn, normal = _uniform(spec, times), [f"layer.weight.normal_(generator=draws){times}", *_zero(spec)]
    if uniform and len(uniform) < len(inits):
        lines += [f"if {among(uniform)}:", *_in(drawn), "else:", *_in(normal)]
    else:
        lines += drawn if uniform else normal
    kinds = "nn.Linear" if isinstance(spec.model, MlpSpec) else "(nn.Linear, nn.Conv2d)"
    return [
        "# each tensor has a generator of its own: arms share what they both have",
        "for name, layer in network.named_modules():",
        f"    if isinstance(layer, {kinds}):",
        *_in(_in(lines)),
    ]


def _uniform(spec: RunSpec, times: str) -> list[str]:
    """Weights and bias as PyTorch draws them."""
    bias = ['draws = generator(seed, f"{name}.bias")', "layer.bias.uniform_(-bound, bound, generator=draws)"]
    weight = f"layer.weight.uniform_(-bound, bound, generator=draws){times}"
    return ["bound = 1.0 / math.sqrt(fan_in)", weight, *_where_there_is_one(spec, bias)]


def _zero(spec: RunSpec) -> list[str]:
    return _where_there_is_one(spec, ["layer.bias.zero_()"])


def _where_there_is_one(spec: RunSpec, lines: list[str]) -> list[str]:
    return ["if layer.bias is not None:", *_in(lines)] if spec.redundant_bias == "drop" else lines


def _in(lines: list[str]) -> list[str]:
    return [indent(line, "    ") for line in lines]


def _scale(init: InitialisationSpec) -> str:
    """What the draws of a layer's weights are multiplied by."""
    gain = "" if init.gain == 1.0 else f"{init.gain} * "
    if isinstance(init, DefaultInitialisation):
        return repr(init.gain)
    if isinstance(init, NormalInitialisation):
        return repr(init.gain * init.std)
    if isinstance(init, HeInitialisation):
        return f"{gain}math.sqrt(2.0 / fan_in)"
    return f"{gain}math.sqrt(2.0 / (fan_in + fan_out))"
