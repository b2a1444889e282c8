"""What a run certifies of its initial tensors, data, orders and device."""

from __future__ import annotations

from normscope.core.events import ManifestEvent
from normscope.core.spec import ArmSpec, BatchNorm, HeInitialisation, NoNorm
from normscope.training.loop import train
from tests.training.helpers import ALL_NORMS, Calm, Memory, arms, certified, small, toy


def test_arms_that_differ_in_norm_share_every_tensor_of_the_plain_network() -> None:
    result = certified(small(arms=arms(*ALL_NORMS), seeds=(1, 2)))
    assert result.equal.initial_tensors
    assert result.equal.batch_order
    assert result.equal.data
    names = {
        f"{layer}.{tensor}" for layer in ("hidden.0.linear", "hidden.1.linear", "out") for tensor in ("weight", "bias")
    }
    assert all(set(seed.shared_tensors) == names for seed in result.seeds)
    assert result.seeds[0].shared_sha256 != result.seeds[1].shared_sha256
    assert result.seeds[0].batch_order_sha256 != result.seeds[1].batch_order_sha256
    assert result.own_tensors[0] == ()
    assert result.own_tensors[4] == ("hidden.0.norm.weight", "hidden.1.norm.weight")


def test_another_initialisation_is_not_passed_off_as_equal() -> None:
    other = ArmSpec(name="he", norm=BatchNorm(), initialisation=HeInitialisation(gain=2))
    result = certified(small(arms=(ArmSpec(name="plain", norm=NoNorm()), other), initialisation=HeInitialisation()))
    assert not result.equal.initial_tensors
    assert not result.equal.initialisation
    assert result.seeds[0].differing_tensors == ("hidden.0.linear.weight", "hidden.1.linear.weight", "out.weight")
    assert [d.path for d in result.differences if d.path.startswith("init")] == ["initialisation.gain"]


def test_the_data_is_named_by_what_is_learned_from() -> None:
    assert certified(small()).data["train_examples"] == 40
    assert len(certified(small()).data["train_labels_sha256"]) == 64


def test_where_a_run_trained_is_in_its_certificate() -> None:
    memory = Memory()
    train(small(steps=1), toy(), sink=memory, control=Calm())
    (event,) = [event for event in memory.events if isinstance(event, ManifestEvent)]
    assert event.fairness["device"] == {"asked": "auto", "taken": "cpu", "why": "small"}
