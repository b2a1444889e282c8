"""Claims over HTTP: listed, tried, judged, refused."""

from __future__ import annotations

from typing import Any

import pytest

from normscope.claims.catalog import CLAIMS
from normscope.claims.recordings import recordings
from normscope.core.trial import TrialRecord
from normscope.errors import StoreError
from normscope.server.evidence import Judge
from normscope.server.points import PointCache
from normscope.server.recording import recorded
from tests.server.running import Running, problem, running
from tests.server.trying import lease_of, train, tried


def test_all_claims_are_listed_in_order(server: Running) -> None:
    found = server.get("/claims").json()["claims"]
    assert [each["number"] for each in found] == [each.number for each in CLAIMS]
    assert all(each["estimated_seconds"] > 0 and each["sources"] for each in found)


def test_a_claim_shows_its_specs(server: Running) -> None:
    by_id, by_number = server.get("/claims/speed").json(), server.get("/claims/1").json()
    assert by_id["id"] == by_number["id"] == "speed"
    assert [arm["name"] for arm in by_id["specs"]["run"]["arms"]] == ["no norm", "BatchNorm"]
    assert len(by_id["specs"]["run"]["seeds"]) == by_id["seeds"]
    assert by_id["counter_specs"]["run"]["optimizer"]["kind"] == "adam"


def test_a_trial_is_launched_trained_and_judged_once(server: Running) -> None:
    trial = tried(server, seeds=3)
    assert (trial.claim, trial.experiment, len(trial.seeds), trial.state) == ("placement", "main", 3, "queued")
    train(server, trial, {0: (0.98, 0.985, 0.99), 1: (0.97, 0.975, 0.98)})
    found = TrialRecord.model_validate_json(server.get(f"/trials/{trial.id}").content)
    assert found.judged is not None
    assert (found.state, found.judged.verdict, found.judged.reason) == ("finished", "supported", "interval_above")
    assert found.judged.effect == pytest.approx(0.01)
    assert found.judged.evidence["before"] == pytest.approx((0.98, 0.985, 0.99))
    assert server.store.trial(trial.id).judged == found.judged, "kept for ever"
    newest = next(c for c in server.get("/claims").json()["claims"] if c["id"] == "placement")
    assert newest["trial"]["judged"]["verdict"] == "supported"
    assert newest["counter_trial"] is None


def test_a_trial_without_measurements_has_no_verdict(server: Running) -> None:
    trial = tried(server, "scale", experiment="counter", seeds=2)
    assert server.get(f"/trials/{trial.id}").json()["judged"] is None
    lease = lease_of(server, trial)
    server.store.set_state(lease, "failed", "no memory")
    found = server.get(f"/trials/{trial.id}").json()
    assert (found["state"], found["judged"], found["runs"][0]["error"]) == ("failed", None, "no memory")


def test_a_trial_is_stopped(server: Running) -> None:
    trial = tried(server, "modes")
    assert server.post(f"/trials/{trial.id}/commands", {"kind": "stop"}).status_code == 202
    for live in server.store.live():
        server.store.set_state(server.store.take_over(live.id), "stopped")
    assert server.get(f"/trials/{trial.id}").json()["state"] == "stopped"
    assert problem(server.post(f"/trials/{trial.id}/commands", {"kind": "stop"}), 409)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/claims/nothing/runs", {}, 404, "speed"),
        ("/claims/speed/runs", {"seeds": 0}, 422, "at least 1"),
        ("/claims/speed/runs", {"seeds": 65}, 422, "at most 64"),
        ("/claims/speed/runs", {"experiment": "third"}, 422, "main"),
        ("/claims/speed/runs", {"more": 1}, 422, "more"),
        (f"/trials/{'f' * 32}/commands", {"kind": "stop"}, 404, "no trial"),
    ],
)
def test_bad_requests_say_what_was_expected(server: Running, path: str, body: Any, status: int, words: str) -> None:
    assert words in str(problem(server.post(path, body), status))


def test_what_costs_too_much_is_refused_as_a_whole(tmp_path: Any) -> None:
    with running(tmp_path, cost_limit_seconds=1.0) as small:
        assert "expected an estimated duration" in str(problem(small.post("/claims/speed/runs", {}), 422))
        assert small.store.latest_trials() == []


def test_an_experiment_with_more_data_is_tried_where_there_is_one(server: Running) -> None:
    trial = tried(server, "table", experiment="cifar10", seeds=1)
    assert trial.experiment == "cifar10"
    assert trial.runs[0].run is not None
    assert server.store.get(trial.runs[0].run).spec.dataset.kind == "cifar10"
    found = server.get("/claims/table").json()
    assert found["trial"] is None
    mnist, cifar10 = found["larger"]
    assert (mnist["kind"], mnist["dataset"], mnist["trial"]) == ("mnist", "MNIST", None)
    assert (cifar10["kind"], cifar10["dataset"], cifar10["trial"]["id"]) == ("cifar10", "CIFAR-10", trial.id)
    assert 0 < cifar10["longest_seconds"] < sum(run.estimated_seconds for run in trial.runs)
    assert server.get("/claims/modes").json()["larger"] == []
    answer = server.post("/claims/modes/runs", {"experiment": "mnist"})
    assert answer.status_code == 422
    assert "main, counter" in answer.text


def test_what_ships_as_recorded_is_served(server: Running) -> None:
    found = server.get("/recordings").json()["recordings"]
    assert [each["claim"] for each in found] == [kept.claim for kept in recordings()]
    assert found[0]["main"]["judged"]["verdict"] == recordings()[0].main.judged.verdict


def test_a_finished_trial_is_recorded_with_its_curves(server: Running) -> None:
    trial = tried(server, seeds=2)
    train(server, trial, {0: (0.9, 0.91), 1: (0.8, 0.82)})
    points = PointCache(server.store)
    judge = Judge(server.store, points)
    kept = recorded(judge.judged(server.store.trial(trial.id)), server.store, points)
    assert kept.seeds == trial.seeds
    assert kept.judged.evidence == {"before": (0.9, 0.91), "after": (0.8, 0.82)}
    first = kept.figures[0].lines[0]
    assert (first.x, first.y) == ((20.0,), (0.5,))


def test_a_trial_without_a_verdict_is_not_recorded(server: Running) -> None:
    trial = tried(server)
    with pytest.raises(StoreError, match="placement with its verdict, got one that is queued"):
        recorded(trial, server.store, PointCache(server.store))
