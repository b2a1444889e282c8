"""A hidden layer: its modules in forward order, and what an arm has of its own in it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

from normscope.core.network import plan_of
from normscope.core.redundant import bias_is_redundant
from normscope.core.script.norms import has_images, maker, noisy, normed
from normscope.core.script.text import among, by_arm, call, collection, only, pair, quoted
from normscope.core.spec import ActivationKind, ArmSpec, RunSpec

ACTIVATIONS: dict[ActivationKind, str] = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "gelu": "GELU"}

DROPOUT = '''
class Dropout(nn.Dropout):
    """As PyTorch's, but drawn from a generator of the network's own."""

    def forward(self, x):
        if not self.training:
            return x
        keep = torch.empty_like(x).bernoulli_(1.0 - self.p, generator=self.random)
        return x * keep.mul_(1.0 / (1.0 - self.p))
'''


def drops(spec: RunSpec) -> bool:
    """Whether an arm has dropout."""
    return any(spec.arm_dropout(arm) for arm in spec.arms)


def orders_of(spec: RunSpec, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """For each arm the parts that follow the weighted layer, in forward order: all parts that some arm has.

    One that has no norm or no dropout gets what does nothing, wherever that suits the others.
    """
    used = [*(["norm"] if normed(spec) else []), "activation", *(["dropout"] if drops(spec) else [])]
    own: dict[str, tuple[str, ...]] = {}
    for name, arm in zip(names, spec.arms, strict=True):
        order = ["activation"]
        if arm.norm.kind != "none":
            order.insert(0 if arm.norm.placement == "before_activation" else 1, "norm")
        if spec.arm_dropout(arm):
            before = "norm" in order and spec.dropout_placement == "before_norm"
            order.insert(order.index("norm") if before else len(order), "dropout")
        own[name] = tuple(order)
    wholes = sorted(permutations(used), key=lambda whole: -sum(_follows(whole, order) for order in own.values()))
    return {name: next(whole for whole in wholes if _follows(whole, order)) for name, order in own.items()}


def _follows(whole: tuple[str, ...], order: tuple[str, ...]) -> bool:
    """Whether ``order`` is ``whole`` with something left out."""
    return tuple(each for each in whole if each in order) == order


def one_order(spec: RunSpec, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The order that all arms share."""
    orders = orders_of(spec, names)
    return orders[names[0]] if len(set(orders.values())) == 1 else None


def modules_of(spec: RunSpec, names: tuple[str, ...], weighted: str, made: str, margin: int) -> list[str]:
    """Statements that end with ``layer``, the modules of a hidden layer by name."""
    rates = {str(spec.arm_dropout(arm)) for arm in spec.arms}
    parts = {
        "norm": maker(spec, names, image=weighted == "conv")[1],
        "activation": f"nn.{ACTIVATIONS[spec.model.activation]}()",
        "dropout": f"Dropout({'rate' if len(rates) > 1 else rates.pop()})",
    }
    order, first = one_order(spec, names), f"{weighted}={weighted}"
    start = f"{weighted} = {made}"
    if order is not None:
        return [start, call("layer = OrderedDict", [first, *(f"{each}={parts[each]}" for each in order)], margin)]
    items = [f"{quoted(each)}: {parts[each]}" for each in sorted(orders_of(spec, names)[names[0]])]
    return [
        start,
        collection("parts = ", items, "{}", margin),
        f"layer = OrderedDict({first}, **{{name: parts[name] for name in order}})",
    ]


def convolution(spec: RunSpec, inputs: str, units: str, kernel: int, stride: str | None = None) -> str:
    """A convolution that keeps height and width but for its stride."""
    rest = ("" if stride is None else f", stride={stride}") + (f", padding={kernel // 2}" if kernel > 1 else "")
    return f"nn.Conv2d({inputs}, {units}, {kernel}{rest}{bias(spec, units)})"


def bias(spec: RunSpec, units: str) -> str:
    """The argument of a layer with so many units, where not all have a bias."""
    biases = {name: _has_bias(spec, arm) for name, arm in enumerate(spec.arms)}
    if set(biases.values()) == {"True"}:
        return ""
    return ", bias=bias" + (f"({units})" if any("units" in each for each in biases.values()) else "")


def _has_bias(spec: RunSpec, arm: ArmSpec) -> str:
    """Whether a hidden layer of ``arm`` has a bias: the same for all, or else by its units."""
    plan = plan_of(spec)
    layers = [*plan.normed, *plan.projections]
    dropped = [spec.redundant_bias == "drop" and bias_is_redundant(spec, arm, layer) for layer in layers]
    return f"units != {arm.norm.groups}" if arm.norm.kind == "group" and any(dropped) else str(not any(dropped))


def chosen_of(spec: RunSpec, names: tuple[str, ...]) -> dict[str, str]:
    """What an arm has of its own, by name: the statement that chooses it."""
    arms = list(zip(names, spec.arms, strict=True))
    chosen: dict[str, str] = {}
    if (norm := maker(spec, names, image=has_images(spec))[0]) is not None:
        chosen["norm"] = norm
    rates = {name: str(spec.arm_dropout(arm)) for name, arm in arms}
    if only(rates) is None:
        chosen["rate"] = by_arm("rate = ", rates, margin=4)
    if one_order(spec, names) is None:
        orders = orders_of(spec, names)
        chosen["order"] = by_arm(
            "order = ", {n: pair(list(map(quoted, order))) for n, order in orders.items()}, margin=4
        )
    biases = {name: _has_bias(spec, arm) for name, arm in arms}
    if any("units" in each for each in biases.values()):
        chosen["bias"] = by_arm("bias = ", {name: f"lambda units: {each}" for name, each in biases.items()}, margin=4)
    elif "False" in biases.values():
        chosen["bias"] = f"bias = {among([name for name, each in biases.items() if each == 'True'])}"
    return chosen


def given_of(chosen: Mapping[str, str]) -> str:
    """What a layer that is made elsewhere must be told, as arguments."""
    return "".join(f"{name}, " for name in chosen)


def draws(spec: RunSpec) -> list[tuple[str, str]]:
    """What draws while it learns: its purpose and its class. All that a network has draw from one generator."""
    return [("noise", "NoisyBatchNorm")] * noisy(spec) + [("dropout", "Dropout")] * drops(spec)
