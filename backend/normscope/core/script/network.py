"""The network of an arm, built and with its initial tensors, by the names of parameters that NormScope has."""

from __future__ import annotations

from textwrap import indent

from normscope.core.network import NetworkPlan, plan_of
from normscope.core.script.data import comes_as_images
from normscope.core.script.initialise import initialise
from normscope.core.script.layers import DROPOUT, bias, chosen_of, convolution, draws, drops, given_of, modules_of
from normscope.core.script.norms import maker
from normscope.core.script.residual import block, hidden
from normscope.core.script.text import call, collection, define, numbers, quoted
from normscope.core.spec import CnnSpec, MlpSpec, ResNetSpec, RunSpec

MEAN = "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())"


def network_parts(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """Classes and functions that end with ``build``."""
    parts = [DROPOUT.strip("\n")] if drops(spec) else []
    if isinstance(spec.model, ResNetSpec):
        parts += [hidden(spec, names), block(spec, spec.model, names)]
    return [*parts, _build(spec, names)]


def _build(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``build``: the network of an arm with its initial tensors."""
    plan, chosen = plan_of(spec), chosen_of(spec, names)
    given = given_of(chosen)
    match spec.model:
        case MlpSpec():
            lines, modules = _mlp(spec, names, plan)
        case CnnSpec():
            lines, modules = _cnn(spec, spec.model, names, plan)
        case _:
            lines, modules = _resnet(plan, given)
    modules.append(f"out=nn.Linear({plan.layers[-1].inputs}, {plan.layers[-1].units})")
    doc = f"The network of an arm, from {_inputs(plan)} to the logits of {plan.layers[-1].units} classes."
    body = [
        *chosen.values(),
        *lines,
        call("modules = OrderedDict", modules, margin=4),
        "network = nn.Sequential(modules)",
        *(f'{name} = generator(seed, f"{name} {{ARMS.index(arm)}}")' for name, _ in draws(spec)),
        *initialise(spec, names),
        *(f"    if isinstance(layer, {kind}):\n        layer.random = {name}" for name, kind in draws(spec)),
        "return network",
    ]
    return "@torch.no_grad()\n" + define("build(arm, seed)", doc, body)


def _inputs(plan: NetworkPlan) -> str:
    if len(plan.shape) == 1:
        return f"{plan.shape[0]} coordinates"
    return " x ".join(str(side) for side in plan.shape if side > 1) + " pixels"


def _dense(spec: RunSpec, names: tuple[str, ...], widths: list[int]) -> list[str]:
    """The hidden linear layers."""
    linear = f"nn.Linear(inputs, units{bias(spec, 'units')})"
    return [
        "hidden = nn.Sequential()",
        numbers("widths = ", widths, 4),
        "for inputs, units in pairwise(widths):",
        *(indent(line, "    ") for line in modules_of(spec, names, "linear", linear, margin=8)),
        "    hidden.append(nn.Sequential(layer))",
    ]


def _mlp(spec: RunSpec, names: tuple[str, ...], plan: NetworkPlan) -> tuple[list[str], list[str]]:
    widths = [plan.layers[0].inputs, *(layer.units for layer in plan.normed)]
    flat = ["flat=nn.Flatten()"] if comes_as_images(spec) else []
    return _dense(spec, names, widths), [*flat, "hidden=hidden"]


def _cnn(spec: RunSpec, model: CnnSpec, names: tuple[str, ...], plan: NetworkPlan) -> tuple[list[str], list[str]]:
    entries = [quoted(entry) if isinstance(entry, str) else str(entry) for entry in model.convolutions]
    first = next(index for index, entry in enumerate(model.convolutions) if entry != "pool")
    modules = [f"pool_{index}=nn.MaxPool2d(2)" for index in range(first)]
    conv = convolution(spec, "inputs", "units", model.kernel_size)
    made = [indent(line, "    ") for line in modules_of(spec, names, "conv", conv, margin=8)]
    if "pool" in model.convolutions[first:]:
        lines = [
            f"convolutions, inputs = nn.Sequential(), {plan.shape[0]}",
            collection("for units in ", entries[first:], "()", 4, ":"),
            '    if units == "pool":',
            "        convolutions[-1].append(nn.MaxPool2d(2))",
            "        continue",
            *made,
            "    convolutions.append(nn.Sequential(layer))",
            "    inputs = units",
        ]
    else:
        widths = [plan.shape[0], *(layer.units for layer in plan.layers if layer.kernel)]
        lines = [
            "convolutions = nn.Sequential()",
            numbers("widths = ", widths, 4),
            "for inputs, units in pairwise(widths):",
            *made,
            "    convolutions.append(nn.Sequential(layer))",
        ]
    modules.append("convolutions=convolutions")
    average = model.head == "average"
    lines.append(f"head = {MEAN if average else 'nn.Flatten()'}")
    modules.append("head=head")
    if model.hidden:
        dense = maker(spec, names, image=False)[0]
        if dense is not None and dense != maker(spec, names, image=True)[0]:
            lines.append(dense)
        lines += _dense(spec, names, [plan.layers[len(plan.normed) - len(model.hidden)].inputs, *model.hidden])
        modules.append("hidden=hidden")
    return lines, modules


def _resnet(plan: NetworkPlan, given: str) -> tuple[list[str], list[str]]:
    stem, *inner, _ = plan.layers
    widths = [stem.units, *(first.units for first in inner[::2])]
    lines = [
        f"stem = hidden({given}{plan.shape[0]}, {stem.units})",
        numbers("widths = ", widths, 4),
        f"blocks = nn.Sequential(*(Block({given}*each) for each in pairwise(widths)))",
        f"head = {MEAN}",
    ]
    return lines, ["stem=stem", "blocks=blocks", "head=head"]
