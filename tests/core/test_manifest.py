"""The manifest is a pure function of the spec: which series there are, and their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.core.manifest import VECTORS, Manifest, build_manifest, steps_per_epoch
from normscope.core.spec import ActivationKind, ArmSpec, DataSetSpec, LayerNorm, MlpSpec, ProbeSpec, RunSpec


def spec(arms: int, seeds: int, hidden: tuple[int, ...], activation: ActivationKind, probes: ProbeSpec) -> RunSpec:
    """A spec of this size."""
    return RunSpec(
        dataset=DataSetSpec(kind="digits"),
        model=MlpSpec(hidden=hidden, activation=activation),
        arms=tuple(ArmSpec(name=str(i), norm=LayerNorm()) for i in range(arms)),
        seeds=tuple(range(10, 10 + seeds)),
        probes=probes,
    )


SPECS = st.builds(
    spec,
    st.integers(1, 8),
    st.integers(1, 8),
    st.lists(st.integers(1, 50), min_size=1, max_size=6).map(tuple),
    st.sampled_from(["sigmoid", "tanh", "relu", "gelu"]),
    st.builds(
        ProbeSpec,
        layers=st.booleans(),
        distributions_every=st.sampled_from([0, 10]),
        details_every=st.sampled_from([0, 5]),
    ),
)


@given(SPECS)
def test_series_are_numbered_without_gap_and_each_is_one_of_its_kind(made: RunSpec) -> None:
    manifest = build_manifest(made, 10, 1197)
    assert [series.id for series in manifest.series] == list(range(len(manifest.series)))
    keys = [(series.arm, series.seed, series.layer, series.statistic) for series in manifest.series]
    assert len(set(keys)) == len(keys)
    assert all(series.vector == (series.statistic in VECTORS) for series in manifest.series)
    assert manifest == build_manifest(made, 10, 1197)


@given(SPECS)
def test_the_count_of_series_is_what_the_spec_says(made: RunSpec) -> None:
    manifest = build_manifest(made, 10, 1197)
    assert isinstance(made.model, MlpSpec)
    arms, seeds, layers = len(made.arms), len(made.seeds), len(made.model.hidden)
    scalars = 6 + ((6 * layers + 3) if made.probes.layers else 0)
    scalars += (8 * layers + 2) if made.probes.details_every else 0
    vectors = (12 * layers + 1) if made.probes.distributions_every else 0
    assert len(manifest.series) == 2 + arms * (seeds * scalars + vectors)
    firsts = {series.seed for series in manifest.series if series.vector}
    assert firsts <= {made.seeds[0]}


@given(SPECS)
def test_a_manifest_survives_being_written_and_read(made: RunSpec) -> None:
    manifest = build_manifest(made, 10, 1197)
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest


def test_layers_end_with_the_logits() -> None:
    manifest = build_manifest(spec(1, 1, (7, 5), "tanh", ProbeSpec()), 10, 1197)
    assert [(layer.index, layer.name, layer.units, layer.activation) for layer in manifest.layers] == [
        (1, "1", 7, "tanh"),
        (2, "2", 5, "tanh"),
        (3, "out", 10, None),
    ]


@pytest.mark.parametrize(("activation", "statistic"), [("sigmoid", "saturated"), ("relu", "dead")])
def test_sigmoids_saturate_and_relus_die(activation: ActivationKind, statistic: str) -> None:
    manifest = build_manifest(spec(1, 1, (7,), activation, ProbeSpec()), 10, 1197)
    assert {series.statistic for series in manifest.series} & {"saturated", "dead"} == {statistic}


@pytest.mark.parametrize(
    ("examples", "batch", "drop_last", "steps"),
    [(1197, 60, True, 19), (1197, 60, False, 20), (120, 60, False, 2), (10, 60, True, 1), (60, 60, True, 1)],
)
def test_steps_of_an_epoch(examples: int, batch: int, drop_last: bool, steps: int) -> None:
    assert steps_per_epoch(examples, batch, drop_last) == steps
