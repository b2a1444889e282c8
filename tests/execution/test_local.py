"""The launcher: warm, single, found again, replaced when out of date, gone when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from normscope.errors import LauncherUnavailable
from normscope.execution import launcher, local, process, protocol
from normscope.execution.local import LocalExecutor, stop_all
from normscope.settings import Settings
from normscope.storage.store import Store
from tests.contract.material import tiny_spec

pytestmark = pytest.mark.alone


@pytest.fixture
def store(warm_settings: Settings) -> Iterator[Store]:
    with contextlib.closing(Store(warm_settings.url)) as made:
        yield made


def until(true: Callable[[], bool], seconds: float = 60.0) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.01)
    return time.monotonic() - began


def ping(settings: Settings) -> dict[str, object]:
    answer = protocol.request(settings, "ping")
    assert answer is not None
    return answer


def test_the_next_server_finds_the_same_launcher(warm_settings: Settings) -> None:
    LocalExecutor(warm_settings).prepare()  # an earlier one may have ended for want of work
    before = ping(warm_settings)["pid"]
    began = time.monotonic()
    LocalExecutor(warm_settings).prepare()
    assert time.monotonic() - began < 1.0
    assert ping(warm_settings)["pid"] == before


def test_it_is_detached_and_has_one_thread(warm_settings: Settings) -> None:
    LocalExecutor(warm_settings).prepare()
    pid = int(str(ping(warm_settings)["pid"]))
    assert os.getsid(pid) == os.getpgid(pid) == pid != os.getsid(0)
    assert len(os.listdir(f"/proc/{pid}/task")) == 1


def test_a_worker_is_forked_logged_niced_and_reaped(warm_settings: Settings, store: Store) -> None:
    made = LocalExecutor(warm_settings)
    run = store.create(tiny_spec(steps=100_000), estimated_seconds=1.0).id
    made.start(run)
    until(lambda: store.get(run).step > 0)
    holder = store.holder(run)
    assert holder is not None
    assert process.here(holder)
    assert process.alive(holder)
    assert ping(warm_settings)["runs"] == [run]
    assert os.getpriority(os.PRIO_PROCESS, holder.pid) >= launcher.NICENESS
    inherited = [os.readlink(f"/proc/{holder.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{holder.pid}/fd")]
    assert not [name for name in inherited if name.endswith("launcher.lock")]
    log = protocol.log_file(warm_settings, run)
    assert str(log) in inherited
    os.kill(holder.pid, signal.SIGINT)  # Ctrl-C is for servers; a worker's own would end it
    lease = store.take_over(run)
    made.stop(run)
    until(lambda: ping(warm_settings)["runs"] == [])
    assert not Path(f"/proc/{holder.pid}").exists(), "reaped"
    store.set_state(lease, "stopped")


def test_first_chunk_is_stored_soon(warm_settings: Settings, store: Store) -> None:
    made = LocalExecutor(warm_settings)
    times = []
    for _ in range(5):
        run = store.create(tiny_spec(), estimated_seconds=1.0).id
        began = time.perf_counter()
        made.start(run)
        until(lambda run=run: store.head(run).sequence >= 2)  # type: ignore[misc]
        times.append(time.perf_counter() - began)
        until(lambda run=run: store.get(run).ended_at is not None)  # type: ignore[misc]
    assert sorted(times)[2] < 2.0, f"{times}: a worker that is forked imports and compiles nothing"


def test_an_out_of_date_or_killed_launcher_is_replaced_while_its_workers_train_on(
    warm_settings: Settings, store: Store
) -> None:
    runs = [store.create(tiny_spec(steps=100_000), estimated_seconds=1.0).id for _ in range(2)]
    LocalExecutor(warm_settings).start(runs[0])
    old = ping(warm_settings)["pid"]
    newer = LocalExecutor(warm_settings.model_copy(update={"heartbeat_seconds": 0.11}))
    newer.start(runs[1])
    new = ping(warm_settings)
    assert new["pid"] != old
    assert new["runs"] == [runs[1]]
    until(lambda: store.get(runs[1]).step > 0)
    os.kill(int(str(new["pid"])), signal.SIGKILL)
    made = LocalExecutor(warm_settings)
    made.prepare()
    assert ping(warm_settings)["runs"] == [], "another launcher, although the workers of both earlier ones live"
    for run in runs:
        step = store.get(run).step
        until(lambda run=run, step=step: store.get(run).step > step)  # type: ignore[misc]
        holder = store.holder(run)
        assert holder is not None
        lease = store.take_over(run)
        made.stop(run)
        until(lambda holder=holder: not process.alive(holder))  # type: ignore[misc]
        store.set_state(lease, "stopped")
    until(lambda: process.started(int(str(old))) is None)


def test_two_servers_at_once_share_one_launcher(warm_settings: Settings, tmp_path: Path) -> None:
    import shutil
    from concurrent.futures import ThreadPoolExecutor

    shutil.copytree(warm_settings.data_dir / "cache", tmp_path / "cache")
    settings = warm_settings.model_copy(update={"data_dir": tmp_path})
    made = [LocalExecutor(settings) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(one.prepare) for one in made]:
            done.result(300)
    pid = int(str(ping(settings)["pid"]))
    assert (tmp_path / "logs" / "launcher.log").read_text().count("warms up") == 1
    assert stop_all(settings) == 0
    until(lambda: process.started(pid) is None)


def test_it_ends_when_nobody_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "IDLE_SECONDS", 0.2)
    settings = Settings(data_dir=tmp_path)
    with launcher.socket.socket(launcher.socket.AF_UNIX, launcher.socket.SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "listening"))
        listening.listen(1)
        lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
        began = time.monotonic()
        made = launcher.Launcher(settings, "print", listening, lock)
        try:
            made.serve()
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            made.close()
            os.close(lock)
        assert time.monotonic() - began >= 0.2


def test_a_launcher_that_cannot_warm_up_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "cache").write_text("a file where a folder must be")
    with pytest.raises(LauncherUnavailable, match=r"ended while it warmed up .*launcher\.log"):
        LocalExecutor(settings).prepare()


def test_a_launcher_that_does_not_answer_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(local, "WARM_SECONDS", 0.2)
    settings = Settings(data_dir=tmp_path)
    with launcher.socket.socket(launcher.socket.AF_UNIX, launcher.socket.SOCK_STREAM) as deaf:
        deaf.bind(str(protocol.address(settings)))
        deaf.listen(1)
        with pytest.raises(LauncherUnavailable, match="does not answer"):
            protocol.request(settings, "ping")
        with protocol.lock_file(settings).open("w") as lock:
            launcher.fcntl.flock(lock, launcher.fcntl.LOCK_EX)
            with pytest.raises(LauncherUnavailable, match="not ready within"):
                LocalExecutor(settings).start("nobody")


def test_a_python_that_cannot_be_started_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(LauncherUnavailable, match="no python"):
        LocalExecutor(Settings(data_dir=tmp_path)).prepare()


def test_closing_ends_the_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = LocalExecutor(Settings(data_dir=tmp_path))
    made.close()
    began = time.monotonic()
    made.prepare()
    assert time.monotonic() - began < 1.0
    assert protocol.request(Settings(data_dir=tmp_path), "ping") is None
    assert local.stop_all(Settings(data_dir=tmp_path)) == 0


def test_stop_all_stops_queued_and_running_runs(warm_settings: Settings, store: Store) -> None:
    made = LocalExecutor(warm_settings)
    running, frozen, queued = (store.create(tiny_spec(steps=100_000), estimated_seconds=1.0).id for _ in range(3))
    for run in (running, frozen):
        made.start(run)
        until(lambda run=run: store.get(run).step > 0)  # type: ignore[misc]
    holder = store.holder(frozen)
    assert holder is not None
    os.kill(holder.pid, signal.SIGSTOP)
    assert stop_all(warm_settings, seconds=1.0) == 3
    assert [store.get(run).state for run in (running, frozen, queued)] == ["stopped"] * 3
    until(lambda: not process.alive(holder))
    made.prepare()
