"""The loop, what it prints, and the beginning of all: generators, minibatches, the certificate's hashes."""

from __future__ import annotations

from textwrap import indent

from normscope.core.catalog import DATASETS
from normscope.core.network import plan_of
from normscope.core.script.data import augmentation
from normscope.core.script.learning import optimizer, schedule
from normscope.core.script.text import define, joined
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
def certify(seed, networks, examples):
    """What all arms share: the initial tensors, and the order of the first epoch."""
    hashes = []
    for network in networks:
        named = [(name, p.detach().numpy()) for name, p in network.named_parameters()]
        hashes.append([f"{name} {sha256(p).hexdigest()}" for name, p in named])
    shared = "\\n".join(each for each in hashes[0] if all(each in own for own in hashes))
    shared = sha256(shared.encode()).hexdigest()
    print(f"seed {seed} shared initial tensors sha256 {shared}")
    order = torch.randperm(examples, generator=generator(seed, "minibatch order"))
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
    if max(facts.validation, facts.test) <= size:
        lines = [
            "network.eval()",
            "logits = network(x)",
            "network.train()",
            'loss = F.cross_entropy(logits, y, reduction="sum").item()',
            "return loss / len(x), (logits.argmax(1) == y).sum().item() / len(x)",
        ]
    else:
        lines = [
            "network.eval()",
            "loss, right = 0.0, 0",
            f"for inputs, targets in zip(x.split({size}), y.split({size})):",
            "    logits = network(inputs)",
            '    loss += F.cross_entropy(logits, targets, reduction="sum").item()',
            "    right += (logits.argmax(1) == targets).sum().item()",
            "network.train()",
            "return loss / len(x), right / len(x)",
        ]
    return "@torch.no_grad()\n" + define(
        "evaluate(network, x, y)", "Mean loss and accuracy, in evaluation mode.", lines
    )


def _train(spec: RunSpec, names: tuple[str, ...]) -> str:
    """``train``: it prints what the run measured at its evaluations."""
    smoothing = f", label_smoothing={spec.label_smoothing}" if spec.label_smoothing else ""
    inputs = "x[batch]" if augmentation(spec) is None else "augmented(x[batch], seed, step)"
    stopping = spec.early_stopping
    report = [
        "value, accuracy = evaluate(network, *validation)",
        'print(f"{who} step {step} training loss {loss.item()}", end=" ")',
        'print(f"validation loss {value} accuracy {accuracy}")',
        *([] if stopping is None else _stopping(stopping)),
    ]
    due = _due(spec)
    steps = [
        f"loss = F.cross_entropy(network({inputs}), y[batch]{smoothing})",
        "if not loss.isfinite():",
        '    print(f"{who} diverged at step {step}")',
        "    return",
        "loss.backward()",
        None if spec.clip_norm is None else f"nn.utils.clip_grad_norm_(network.parameters(), {spec.clip_norm})",
        *schedule(spec, names),
        "optimizer.step()",
        "optimizer.zero_grad()",
        *(report if due is None else [f"if {due}:", indent("\n".join(report), "    ")]),
    ]
    lines = [
        "(x, y), validation, test = data",
        'who = f"seed {seed} {arm}:"',
        *optimizer(spec, names),
        *([] if stopping is None else _before(stopping)),
        "for step, batch in zip(range(1, STEPS + 1), minibatches(seed, len(x))):",
        indent(joined(*steps), "    "),
        *(
            ["if weights is not None:", "    network.load_state_dict(weights)"]
            if stopping and stopping.restore_best
            else []
        ),
        "value, accuracy = evaluate(network, *test)",
        'print(f"{who} test loss {value} accuracy {accuracy}")',
    ]
    doc = "The steps of one network: all of a seed see the same minibatches."
    return define("train(arm, network, seed, data)", doc, lines)


def _due(spec: RunSpec) -> str | None:
    """When the network is evaluated; None: after each step."""
    if spec.evaluate_every == 1:
        return None
    due = f"step % {spec.evaluate_every} == 0"
    if spec.steps % spec.evaluate_every == 0:
        return due
    return f"{due} or step == STEPS" if spec.evaluate_every <= spec.steps else "step == STEPS"


def _before(stopping: EarlyStoppingSpec) -> list[str]:
    """What early stopping knows before the first evaluation."""
    best = "math.inf" if stopping.metric == "validation_loss" else "-math.inf"
    return [f"best, waited, weights = {best}, 0, None" if stopping.restore_best else f"best, waited = {best}, 0"]


def _stopping(stopping: EarlyStoppingSpec) -> list[str]:
    """Prechelt 1998: over once so many evaluations in a row were no better than the best."""
    loss = stopping.metric == "validation_loss"
    gain, least = "best - value" if loss else "accuracy - best", stopping.minimum_improvement
    return [
        f"if {gain} > {least}:" if least else ("if value < best:" if loss else "if accuracy > best:"),
        f"    best, waited = {'value' if loss else 'accuracy'}, 0",
        *(["    weights = copy.deepcopy(network.state_dict())"] if stopping.restore_best else []),
        "elif math.isfinite(best):",
        "    waited += 1",
        f"if waited == {stopping.patience}:",
        '    print(f"{who} stopped early after step {step}")',
        "    break",
    ]
