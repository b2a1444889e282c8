"""The network: dropout, a hidden layer, and the whole, with the names of parameters that NormScope has."""

from __future__ import annotations

from itertools import permutations
from textwrap import indent

from normscope.core.network import NetworkPlan, plan_of
from normscope.core.redundant import bias_is_redundant
from normscope.core.script.norms import arguments, has_both, has_images, noisy, normed
from normscope.core.script.text import collection, function, joined, pair, quoted
from normscope.core.spec import ActivationKind, ArmSpec, CnnSpec, MlpSpec, ResNetSpec, RunSpec

ACTIVATIONS: dict[ActivationKind, str] = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "gelu": "GELU"}

_DROPOUT = '''
class Dropout(nn.Module):
    """Zero at a rate, else x / (1 - rate), drawn from the network's own generator."""

    def __init__(self, rate, random):
        super().__init__()
        self.rate, self.random = rate, random

    def forward(self, x):
        if not self.trainingUNLESS:
            return x
        keep = torch.empty_like(x).bernoulli_(1.0 - self.rate, generator=self.random)
        return x * keep.mul_(1.0 / (1.0 - self.rate))
'''


def network_parts(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """Classes and functions that end with ``Network``."""
    parts = [_dropout(spec), _bias(spec, names), _hidden(spec, names)]
    if isinstance(spec.model, ResNetSpec):
        parts.append(_block(spec, names))
    return [part for part in (*parts, _network(spec)) if part is not None]


def _dropout(spec: RunSpec) -> str | None:
    rates = [spec.arm_dropout(arm) for arm in spec.arms]
    if not any(rates):
        return None
    return _DROPOUT.strip("\n").replace("UNLESS", "" if all(rates) else " or not self.rate")


def _bias(spec: RunSpec, names: tuple[str, ...]) -> str | None:
    """``bias``, where some arms have none before their norm."""
    if not _drops_bias(spec):
        return None

    def body(arm: ArmSpec) -> str:
        plan = plan_of(spec)
        layers = [layer for layer in (*plan.normed, *plan.projections) if bias_is_redundant(spec, arm, layer)]
        if not layers:
            return "return True"
        return f"return units != {arm.norm.groups}" if arm.norm.kind == "group" else "return False"

    bodies = {name: body(arm) for name, arm in zip(names, spec.arms, strict=True)}
    return function("bias(arm, units)", "Whether no norm takes the bias back.", bodies, "return True")


def _drops_bias(spec: RunSpec) -> bool:
    plan = plan_of(spec)
    return spec.redundant_bias == "drop" and any(
        bias_is_redundant(spec, arm, layer) for arm in spec.arms for layer in (*plan.normed, *plan.projections)
    )


def _random(spec: RunSpec) -> str:
    """The generators that the layers of a network share, as arguments."""
    dropout = any(spec.arm_dropout(arm) for arm in spec.arms)
    return (", dropout" if dropout else "") + (", noise" if noisy(spec) else "")


def _orders(spec: RunSpec, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """For each arm what follows the weighted layer, in forward order; no placeholder for what it has not."""
    orders: dict[str, tuple[str, ...]] = {}
    for name, arm in zip(names, spec.arms, strict=True):
        order = ["activation"]
        if arm.norm.kind != "none":
            order.insert(0 if arm.norm.placement == "before_activation" else 1, "norm")
        if spec.arm_dropout(arm):
            before = "norm" in order and spec.dropout_placement == "before_norm"
            order.insert(order.index("norm") if before else len(order), "dropout")
        orders[name] = tuple(order)
    return orders


def dropout_rates(spec: RunSpec, names: tuple[str, ...]) -> str | None:
    """The table of the arms' rates; None where one number says it."""
    rates = [spec.arm_dropout(arm) for arm in spec.arms]
    if len(set(rates)) == 1:
        return None
    return collection("DROPOUT = ", [f"{quoted(n)}: {r!r}" for n, r in zip(names, rates, strict=True)], "{}")


def _hidden(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``hidden``: the modules of a layer. Arms that agree on their order share it."""
    both, orders = has_both(spec), _orders(spec, names)
    weighted = "weighted" if both else "conv" if has_images(spec) else "linear"
    rates = {spec.arm_dropout(arm) for arm in spec.arms}
    made = {
        "weighted": ("name" if both else quoted(weighted)) + f": {weighted}",
        "norm": f'"norm": norm(arm, units{arguments(spec)})',
        "activation": f'"activation": nn.{ACTIVATIONS[spec.model.activation]}()',
        "dropout": f'"dropout": Dropout({"DROPOUT[arm]" if len(rates) > 1 else rates.pop()}, dropout)',
    }

    def modules(order: tuple[str, ...], margin: int) -> str:
        return collection("modules = ", [made[each] for each in ("weighted", *order)], "{}", margin)

    used = [each for each in ("norm", "activation", "dropout") if any(each in order for order in orders.values())]
    shared = next((p for p in permutations(used) if all(_follows(p, order) for order in orders.values())), None)
    lines = ["image = isinstance(weighted, nn.Conv2d)", 'name = "conv" if image else "linear"'] if both else []
    if shared is not None:
        lines.append(modules(shared, 4))
        if "norm" in used and len(normed(spec)) < len(spec.arms):
            lines.append("modules = {name: each for name, each in modules.items() if each is not None}")
    else:
        cases = [f"    case {quoted(arm)}:\n{indent(modules(order, 12), ' ' * 8)}" for arm, order in orders.items()]
        lines.append("\n".join(["match arm:", *cases]))
    lines.append("return nn.Sequential(OrderedDict(modules))")
    head = f"def hidden(arm, {weighted}, units{_random(spec)}):"
    return f'{head}\n    """A hidden layer: its modules in forward order."""\n' + indent("\n".join(lines), "    ")


def _follows(whole: tuple[str, ...], order: tuple[str, ...]) -> bool:
    """Whether ``order`` is ``whole`` with something left out."""
    return tuple(each for each in whole if each in order) == order


def _conv(spec: RunSpec, inputs: str, units: str, kernel: int, stride: str | None = None) -> str:
    """A convolution that keeps height and width but for its stride."""
    rest = ["", f", stride={stride}"][stride is not None] + (f", padding={kernel // 2}" if kernel > 1 else "")
    return f"nn.Conv2d({inputs}, {units}, {kernel}{rest}{_with_bias(spec, units)})"


def _with_bias(spec: RunSpec, units: str) -> str:
    return f", bias=bias(arm, {units})" if _drops_bias(spec) else ""


def _placements(spec: RunSpec, names: tuple[str, ...]) -> tuple[bool, bool, str]:
    """Whether a norm stands before the activation; one after it; the labels of arms with one after, as a tuple."""
    after = [quoted(n) for n, arm in zip(names, spec.arms, strict=True)
             if arm.norm.kind != "none" and arm.norm.placement == "after_activation"]  # fmt: skip
    return len(after) < len(normed(spec)), bool(after), pair(after)


def _block(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``Block``: two convolutions and a shortcut."""
    assert isinstance(spec.model, ResNetSpec)
    before, after, which = _placements(spec, names)
    random, projects = _random(spec), spec.model.depth == 18
    norm = f"norm(arm, units{arguments(spec)})"
    some = len(normed(spec)) < len(spec.arms)
    own = [
        f"conv = {_conv(spec, 'inputs', 'units', 3, 'stride')}",
        f"self.first = hidden(arm, conv, units{random})",
        f"self.conv = {_conv(spec, 'units', 'units', 3)}",
        f"self.norm = {norm}{' or nn.Identity()' if some else ''}" if normed(spec) else None,
        f"self.after = arm in {which}" if before and after else None,
        f"self.activation = nn.{ACTIVATIONS[spec.model.activation]}()",
    ]
    if projects:
        projection = [_conv(spec, "inputs", "units", 1, "stride")]
        if before:
            absent = some or after
            own.append(f"projected = {norm if not after else f'None if self.after else {norm}'}")
            projection.append("projected or nn.Identity()" if absent else "projected")
        own += [f"projection = {projection[0]}", "self.projection = nn.Identity()", "if stride == 2:"]
        own.append(f"    self.projection = nn.Sequential({', '.join(['projection', *projection[1:]])})")
    else:
        own.append("self.stride, self.added = stride, units - inputs")
    y = "self.conv(self.first(x))"
    if not before:
        lines = [f"z = {y}"]
    elif not after:
        lines = [f"z = self.norm({y})"]
    else:
        lines = [f"z = {y}", "z = z if self.after else self.norm(z)"]
    if projects:
        lines.append("z = self.activation(z + self.projection(x))")
    else:
        lines += [
            "shortcut = x[:, :, :: self.stride, :: self.stride]",
            "shortcut = F.pad(shortcut, (0, 0, 0, 0, 0, self.added))",
            "z = self.activation(z + shortcut)",
        ]
    ends = "return self.norm(z) if self.after else z" if before else "return self.norm(z)"
    if after:
        lines.append(ends)
    else:
        lines[-1] = lines[-1].replace("z = ", "return ", 1)
    said = "a 1 x 1 convolution" if projects else "every second pixel and channels of zeros"
    return joined(
        "class Block(nn.Module):",
        f'    """He et al. 2016, Fig. 2; where it halves the sides, the shortcut is\n    {said}."""\n',
        f"    def __init__(self, arm, inputs, units, stride{random}):",
        indent(joined("super().__init__()", *own), " " * 8) + "\n",
        "    def forward(self, x):",
        indent("\n".join(lines), " " * 8),
    )


def _network(spec: RunSpec) -> str:
    """``Network``: its layers, then ``initialise``."""
    plan, random = plan_of(spec), _random(spec)
    match spec.model:
        case MlpSpec():
            own, forward = _mlp(spec, plan, random)
        case CnnSpec():
            own, forward = _cnn(spec, plan, random)
        case _:
            own, forward = _resnet(spec, plan, random)
    inputs = " x ".join(str(side) for side in plan.shape)
    doc = f"From {inputs} inputs, which come flat, to the logits of {plan.layers[-1].units} classes."
    draws = [f'{name} = generator(seed, f"{name} {{ARMS.index(arm)}}")' for name in random.split(", ")[1:]]
    out = f"self.out = nn.Linear({plan.layers[-1].inputs}, {plan.layers[-1].units})"
    return joined(
        "class Network(nn.Module):",
        f'    """{doc}"""\n',
        "    def __init__(self, arm, seed):",
        indent("\n".join(["super().__init__()", *draws, *own, out, "initialise(self, arm, seed)"]), " " * 8) + "\n",
        "    def forward(self, x):",
        indent("\n".join(forward), " " * 8),
    )


def _dense(spec: RunSpec, widths: list[int], random: str) -> list[str]:
    """The hidden linear layers."""
    linear = f"nn.Linear(inputs, units{_with_bias(spec, 'units')})"
    return [
        collection("widths = ", [str(width) for width in widths], "[]", 8),
        "layers = []",
        "for inputs, units in pairwise(widths):",
        f"    linear = {linear}",
        f"    layers.append(hidden(arm, linear, units{random}))",
        "self.hidden = nn.Sequential(*layers)",
    ]


def _mlp(spec: RunSpec, plan: NetworkPlan, random: str) -> tuple[list[str], list[str]]:
    widths = [plan.layers[0].inputs, *(layer.units for layer in plan.normed)]
    return _dense(spec, widths, random), ["return self.out(self.hidden(x))"]


def _cnn(spec: RunSpec, plan: NetworkPlan, random: str) -> tuple[list[str], list[str]]:
    assert isinstance(spec.model, CnnSpec)
    model, (channels, height, width) = spec.model, plan.shape
    pools = "pool" in model.convolutions
    conv = _conv(spec, "inputs", "units", model.kernel_size)
    entries = [quoted(entry) if isinstance(entry, str) else str(entry) for entry in model.convolutions]
    own = [
        collection("self.entries = ", entries, "[]", 8),
        f'widths = [{channels}, *(each for each in self.entries if each != "pool")]'
        if pools
        else f"widths = [{channels}, *self.entries]",
        "layers = []",
        "for inputs, units in pairwise(widths):",
        f"    conv = {conv}",
        f"    layers.append(hidden(arm, conv, units{random}))",
        f"self.convolutions = nn.{'ModuleList(layers)' if pools else 'Sequential(*layers)'}",
    ]
    forward = [f"x = x.view(-1, {channels}, {height}, {width})"]
    if pools:
        forward += [
            "convolutions = iter(self.convolutions)",
            "for entry in self.entries:",
            '    x = F.max_pool2d(x, 2) if entry == "pool" else next(convolutions)(x)',
        ]
    else:
        forward.append("x = self.convolutions(x)")
    if model.head == "average":
        forward.append("x = F.adaptive_avg_pool2d(x, 1)")
    forward.append("x = x.flatten(1)")
    if model.hidden:
        first = len(plan.normed) - len(model.hidden)
        own += _dense(spec, [plan.layers[first].inputs, *model.hidden], random)
        forward.append("x = self.hidden(x)")
    return own, [*forward, "return self.out(x)"]


def _resnet(spec: RunSpec, plan: NetworkPlan, random: str) -> tuple[list[str], list[str]]:
    stem, *inner, _ = plan.layers
    channels, height, width = plan.shape
    blocks = [f"({first.inputs}, {first.units}, {first.stride})" for first in inner[::2]]
    conv = _conv(spec, str(channels), str(stem.units), 3)
    own = [
        f"conv = {conv}",
        f"self.stem = hidden(arm, conv, {stem.units}{random})",
        collection("blocks = ", blocks, "[]", 8),
        f"self.blocks = nn.Sequential(*(Block(arm, *sizes{random}) for sizes in blocks))",
    ]
    forward = [f"x = self.blocks(self.stem(x.view(-1, {channels}, {height}, {width})))"]
    return own, [*forward, "return self.out(x.mean((2, 3)))"]
