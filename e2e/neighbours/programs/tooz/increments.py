"""
One of several that count up one counter in a file, each time under the lock `counter`, and keep how often they did in their capabilities of the group `counters`.

  increments.py <url> <name> <folder>

Prints `ready`, `acknowledged` for each time, `overlap` where another held the lock, too, and, once its standard input has ended, `forgotten N`: by how much its
capabilities are behind what they were acknowledged to be.
"""

import os
import sys
import threading
from pathlib import Path

from kazoo.exceptions import KazooException
from tooz import ToozError, coordination

GROUP = b"counters"
PAUSE_S = 0.04
ACQUIRE_TIMEOUT_S = 30


def say(*words):
    print(*words, flush=True)


def count_up(folder):
    """Nothing here is safe without the lock."""
    held = folder / "held"
    counter = folder / "counter"
    try:
        held.touch(exist_ok=False)
    except FileExistsError:
        say("overlap")
    count = int(counter.read_text() or 0) if counter.exists() else 0
    counter.write_text(str(count + 1))
    held.unlink(missing_ok=True)


def release(lock):
    """What was not released for sure is tried again: nobody else would get it before this session ends."""
    while lock.acquired:
        try:
            lock.release()
        except KazooException as error:
            say("not released yet:", repr(error))


def acquired(lock):
    try:
        return lock.acquire(blocking=ACQUIRE_TIMEOUT_S)
    except KazooException as error:
        say("not acquired:", repr(error))
        return False


def main(url, name, folder):
    me = name.encode()
    coordinator = coordination.get_coordinator(url, me)
    coordinator.start(start_heart=True)
    coordinator.join_group_create(GROUP, {"increments": 0})
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    say("ready")
    increments = kept = 0
    while not over.wait(PAUSE_S):
        lock = coordinator.get_lock(b"counter")
        if not acquired(lock):
            continue
        count_up(Path(folder))
        say("acknowledged")
        release(lock)
        increments += 1
        try:
            coordinator.update_capabilities(GROUP, {"increments": increments}).get()
            kept = increments
        except ToozError as error:
            # It may be kept or not; the next one tells of it, too.
            say("not kept for sure:", repr(error))
    found = coordinator.get_member_capabilities(GROUP, me).get()["increments"]
    say("forgotten", max(0, kept - found))
    coordinator.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
