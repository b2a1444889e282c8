"""Every claim's runs can be launched, and say what they are."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import normscope.claims
from normscope.claims.base import Claim, Experiment
from normscope.claims.catalog import CLAIMS, claim
from normscope.core.check import faults
from normscope.core.cost import estimate

EXPERIMENTS = [pytest.param(e, id=e.id) for c in CLAIMS for e in c.experiments.values()]


def test_they_are_numbered_in_order() -> None:
    assert [each.number for each in CLAIMS] == list(range(1, 19))
    assert len({each.id for each in CLAIMS}) == 18
    modules = [each.experiment.judge.__module__.rpartition(".")[2] for each in CLAIMS]
    assert [int(module[1:3]) for module in modules] == list(range(1, 19))
    files = [module.name for module in pkgutil.iter_modules(normscope.claims.__path__)]
    assert [name for name in sorted(files) if name[1:3].isdigit()] == modules, "a file for each claim"
    assert claim("3") is CLAIMS[2]
    assert claim("speed") is CLAIMS[0]
    assert claim("nothing") is None


@pytest.mark.parametrize("each", CLAIMS, ids=lambda each: each.id)
def test_the_file_states_the_claim_and_its_source(each: Claim) -> None:
    module = importlib.import_module(each.experiment.judge.__module__)
    assert module.__doc__ is not None
    for source in each.sources[:1]:
        assert source.paper.split(" ")[0].rstrip(",") in module.__doc__
    assert "counter-experiment" in module.__doc__.replace("\n", " ")


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_run_can_be_launched(experiment: Experiment) -> None:
    seeds = (7, 8)
    specs = experiment.specs(seeds)
    assert specs
    for name, spec in specs.items():
        assert faults(spec) == [], name
        assert spec.name
        assert set(spec.seeds) <= set(seeds)
    assert {seed for spec in specs.values() for seed in spec.seeds} == set(seeds)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_specs_are_pure(experiment: Experiment) -> None:
    assert experiment.specs((1, 2)) == experiment.specs((1, 2))


def test_all_of_them_fit_into_a_quarter_of_an_hour() -> None:
    """Estimated for one thread; two workers share them."""
    seconds = 0.0
    for each in CLAIMS:
        for experiment in (each.experiment, each.counter):
            seeds = tuple(range(1, experiment.seeds + 1))
            for start in range(0, len(seeds), 8):
                seconds += sum(estimate(s).seconds for s in experiment.specs(seeds[start : start + 8]).values())
    assert seconds / 2 < 15 * 60
