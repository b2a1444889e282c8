"""What a residual network has besides: a convolution with what follows it, and the block."""

from __future__ import annotations

from textwrap import indent

from normscope.core.script.layers import chosen_of, convolution, given_of, modules_of, orders_of
from normscope.core.script.norms import maker, normed
from normscope.core.script.text import define, joined
from normscope.core.spec import ResNetSpec, RunSpec


def hidden(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``hidden``: a convolution with what follows it."""
    made = modules_of(spec, names, "conv", convolution(spec, "inputs", "units", 3, "stride"), margin=4)
    head = f"hidden({given_of(chosen_of(spec, names))}inputs, units, stride=1)"
    return define(head, "A convolution with what follows it.", [*made, "return nn.Sequential(layer)"])


def block(spec: RunSpec, model: ResNetSpec, names: tuple[str, ...]) -> str:
    """``Block``: two convolutions and a shortcut."""
    given, projects, norms = given_of(chosen_of(spec, names)), model.depth == 18, bool(normed(spec))
    orders = {order.index("norm") < order.index("activation") for order in orders_of(spec, names).values() if norms}
    before, mixed = True in orders, len(orders) == 2
    norm = maker(spec, names, image=True)[1]
    activation = f"{'F' if model.activation in ('relu', 'gelu') else 'torch'}.{model.activation}"
    own = [
        "stride = units // inputs  # 1 or 2"
        if projects
        else "self.stride, self.added = units // inputs, units - inputs",
        f"self.first = hidden({given}inputs, units, {'stride' if projects else 'self.stride'})",
        f"self.conv = {convolution(spec, 'units', 'units', 3)}",
        f"self.norm = {norm}" if norms else None,
        'self.after = order.index("norm") > order.index("activation")' if mixed else None,
    ]
    if projects:
        own += [
            "self.projection = nn.Sequential()",
            "if stride == 2:",
            f"    conv = {convolution(spec, 'inputs', 'units', 1, 'stride')}",
            "    self.projection.append(conv)",
        ]
        if before:
            own += ["    if not self.after:"] if mixed else []
            own.append(f"{'    ' * (2 if mixed else 1)}self.projection.append({norm})")
        lines, shortcut = [], "self.projection(x)"
    else:
        lines = [
            "shortcut = x[:, :, :: self.stride, :: self.stride]",
            "shortcut = F.pad(shortcut, (0, 0, 0, 0, 0, self.added))",
        ]
        shortcut = "shortcut"
    z = "self.conv(self.first(x))"
    if mixed:
        lines += [
            f"z = {z}",
            f"z = {activation}((z if self.after else self.norm(z)) + {shortcut})",
            "return self.norm(z) if self.after else z",
        ]
    elif before:
        lines.append(f"return {activation}(self.norm({z}) + {shortcut})")
    else:
        lines += [f"z = {activation}({z} + {shortcut})", "return self.norm(z)" if norms else "return z"]
    said = "is a 1 x 1 convolution" if projects else "skips pixels and adds zeros"
    return joined(
        "class Block(nn.Module):",
        f'    """He et al. 2016, Fig. 2; the shortcut to more units {said}."""\n',
        f"    def __init__(self, {given}inputs, units):",
        indent(joined("super().__init__()", *own), " " * 8) + "\n",
        "    def forward(self, x):",
        indent("\n".join(lines), " " * 8),
    )
