"""Which process is alive, and which is only its namesake."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from normscope.execution import process


def test_this_process_is_alive_and_here() -> None:
    holder = process.this_process()
    assert holder.pid == os.getpid()
    assert process.here(holder)
    assert process.alive(holder)


def test_a_later_process_with_the_same_number_is_another_one() -> None:
    holder = replace(process.this_process(), started=process.this_process().started - 1)
    assert not process.alive(holder)
    process.kill(holder)  # must not hit this process


def test_another_machine_or_boot_is_not_here() -> None:
    assert not process.here(replace(process.this_process(), host="elsewhere/boot/pid:[1]"))


def test_a_killed_process_counts_as_gone_even_before_it_is_reaped() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        began = process.started(child.pid)
        assert began is not None
        holder = replace(process.this_process(), pid=child.pid, started=began)
        assert process.alive(holder)
        process.kill(holder)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie
        assert not process.alive(holder)
    assert process.started(child.pid) is None
    process.kill(holder)
