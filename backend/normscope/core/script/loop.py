"""The loop, what it prints, and the beginning of all: generators, minibatches, the certificate's hashes."""

from __future__ import annotations

from textwrap import indent

from normscope.core.catalog import DATASETS
from normscope.core.network import plan_of
from normscope.core.script.data import augmentation
from normscope.core.script.learning import changes_rate, optimizers
from normscope.core.script.text import call, joined
from normscope.core.spec import EarlyStoppingSpec, RunSpec

GENERATOR = '''
def generator(seed, name):
    """Random numbers for one purpose, so that nothing shifts anything else."""
    digest = sha256(f"{seed}:{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
'''

MINIBATCHES = '''
def minibatches(seed, examples):
    """Indices of one minibatch after the other; a new permutation for each epoch."""
    random = generator(seed, "minibatch order")
    while True:
        permutation = torch.randperm(examples, generator=random)
        yield from SPLIT
'''

CERTIFY = '''
def certify(seed, models, examples):
    """What all arms share: the initial tensors, and the order of the first epoch."""
    arms = [{n: p.detach().numpy() for n, p in m.named_parameters()} for m in models]
    arms = [{n: sha256(p).hexdigest() for n, p in arm.items()} for arm in arms]
    same = [n for n in arms[0] if all(arm.get(n) == arms[0][n] for arm in arms)]
    tensors = sha256("\\n".join(f"{name} {arms[0][name]}" for name in same).encode())
    order = torch.randperm(examples, generator=generator(seed, "minibatch order"))
    print(f"seed {seed} shared initial tensors sha256 {tensors.hexdigest()}")
    print(f"seed {seed} order sha256 {sha256(order.numpy()).hexdigest()}")
'''


def opening_parts(spec: RunSpec) -> list[str]:
    """``generator`` and ``minibatches``."""
    whole = "permutation[: examples - examples % BATCH].split(BATCH)" if spec.drop_last else "permutation.split(BATCH)"
    return [GENERATOR.strip("\n"), MINIBATCHES.strip("\n").replace("SPLIT", whole)]


def loop_parts(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """``certify``, ``evaluate`` and ``train``."""
    return [CERTIFY.strip("\n"), _evaluate(spec), _train(spec, names)]


def _evaluate(spec: RunSpec) -> str:
    facts, size = DATASETS[spec.dataset.kind], plan_of(spec).evaluation_batch
    head = '@torch.no_grad()\ndef evaluate(model, x, y):\n    """Mean loss and accuracy, in evaluation mode."""\n'
    if max(facts.validation, facts.test) <= size:
        return joined(
            head + "    model.eval()",
            "    logits = model(x)",
            "    model.train()",
            '    loss = F.cross_entropy(logits, y, reduction="sum").item()',
            "    return loss / len(x), (logits.argmax(1) == y).sum().item() / len(x)",
        )
    return joined(
        head + "    model.eval()",
        "    loss, right = 0.0, 0",
        f"    for inputs, targets in zip(x.split({size}), y.split({size})):",
        "        logits = model(inputs)",
        '        loss += F.cross_entropy(logits, targets, reduction="sum").item()',
        "        right += (logits.argmax(1) == targets).sum().item()",
        "    model.train()",
        "    return loss / len(x), right / len(x)",
    )


def _train(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``train``: it prints what the run measured at its evaluations."""
    smoothing = f", label_smoothing={spec.label_smoothing}" if spec.label_smoothing else ""
    due = f"step % {spec.evaluate_every} == 0" if spec.evaluate_every > 1 else "True"
    if spec.steps % spec.evaluate_every:
        due = f"{due} or step == STEPS" if spec.evaluate_every <= spec.steps else "step == STEPS"
    augments = augmentation(spec) is not None
    batch = (
        "inputs, targets = augmented(x[batch], seed, step), y[batch]"
        if augments
        else "inputs, targets = x[batch], y[batch]"
    )
    stopping = spec.early_stopping
    restores = stopping is not None and stopping.restore_best
    lines = [
        "(x, y), validation, test = data",
        "networks = {arm: Network(arm, seed) for arm in ARMS}",
        "certify(seed, networks.values(), len(x))",
        *_optimizers(spec, names),
        f"best = dict.fromkeys(ARMS, {'math.inf' if stopping.metric == 'validation_loss' else '-math.inf'})"
        if stopping
        else None,
        "waited = dict.fromkeys(ARMS, 0)" if stopping else None,
        "weights = dict.fromkeys(ARMS)" if restores else None,
        "batches, learning = minibatches(seed, len(x)), list(ARMS)",
        "for step in range(1, STEPS + 1):",
        "    batch = next(batches)",
        f"    {batch}",
        "    for arm in list(learning):",
        "        network = networks[arm]",
        f"        loss = F.cross_entropy(network(inputs), targets{smoothing})",
        "        if not loss.isfinite():",
        '            print(f"seed {seed} {arm}: diverged at step {step}")',
        "            learning.remove(arm)",
        "            continue",
        "        loss.backward()",
    ]
    if spec.clip_norm is not None:
        lines.append(f"        nn.utils.clip_grad_norm_(network.parameters(), {spec.clip_norm})")
    if changes_rate(spec):
        lines += ["        for group in optimizers[arm].param_groups:", '            group["lr"] = rate(arm, step)']
    lines += ["        optimizers[arm].step()", "        optimizers[arm].zero_grad()"]
    report = [
        'shown = f"seed {seed} {arm}: step {step} training loss {loss.item()}"',
        "value, right = evaluate(network, *validation)",
        'print(f"{shown} validation loss {value} accuracy {right}")',
        *([] if stopping is None else _stopping(stopping)),
    ]
    if due != "True":
        lines += [f"        if {due}:", indent("\n".join(report), " " * 12)]
    else:
        lines.append(indent("\n".join(report), " " * 8))
    lines += ["for arm in learning:", indent("\n".join(_test(restores)), "    ")]
    text = indent(joined(*lines), "    ")
    doc = "All networks of one seed: in each step they learn from the same minibatch."
    return f'def train(seed, data):\n    """{doc}"""\n{text}'


def _optimizers(spec: RunSpec, names: tuple[str, ...]) -> list[str]:
    """A table of them: each made by the function, where arms differ, else on the spot."""
    made = optimizers(spec, names)
    distinct = {(before, *settings) for before, settings in made.values()}
    if len(distinct) > 1:
        return ["optimizers = {arm: optimizer(arm, networks[arm]) for arm in ARMS}"]
    before, *settings = distinct.pop()
    return [
        "optimizers = {}",
        "for arm, model in networks.items():",
        indent(call(f"optimizers[arm] = {before}", settings, margin=8), "    "),
    ]


def _stopping(stopping: EarlyStoppingSpec) -> list[str]:
    """Prechelt 1998: over once so many evaluations in a row were no better than the best."""
    loss = stopping.metric == "validation_loss"
    gain = "best[arm] - value" if loss else "right - best[arm]"
    lines = [
        f"if {gain} > {stopping.minimum_improvement}:",
        f"    best[arm], waited[arm] = {'value' if loss else 'right'}, 0",
    ]
    if stopping.restore_best:
        lines.append("    weights[arm] = copy.deepcopy(network.state_dict())")
    return [
        *lines,
        "elif math.isfinite(best[arm]):",
        "    waited[arm] += 1",
        f"if waited[arm] == {stopping.patience}:",
        '    print(f"seed {seed} {arm}: stopped early after step {step}")',
        "    learning.remove(arm)",
        *(f"    {line}" for line in _test(stopping.restore_best)),
    ]


def _test(restores: bool) -> list[str]:
    """The test of the network of ``arm``."""
    best = ["if weights[arm] is not None:", "    networks[arm].load_state_dict(weights[arm])"] if restores else []
    return [
        *best,
        "value, right = evaluate(networks[arm], *test)",
        'print(f"seed {seed} {arm}: test loss {value} accuracy {right}")',
    ]
