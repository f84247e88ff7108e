"""kazoo's recipes, as told on standard input: one command a line, `<number> <what> <path> [<value>]`, each answered by `<number> <result>` when it is
done. Commands run side by side: what waits holds up nobody."""

import os
import sys
import threading

from kazoo.client import KazooClient
from kazoo.recipe.barrier import DoubleBarrier
from kazoo.recipe.election import Election
from kazoo.recipe.lock import Lock, ReadLock, Semaphore, WriteLock
from kazoo.recipe.queue import LockingQueue, Queue

zk = KazooClient(hosts=os.environ["HOSTS"])
zk.start()
held = {}
resign = threading.Event()


def keep(key, lock):
    lock.acquire()
    held[key] = lock
    return "acquired"


def release(key):
    return held.pop(key).release()


def lead(path):
    elected = threading.Event()

    def work():
        elected.set()
        resign.wait()

    resign.clear()
    threading.Thread(target=lambda: Election(zk, path).run(work), daemon=True).start()
    elected.wait()
    return "leads"


def resigned():
    resign.set()
    return "resigned"


def locking_queue(path):
    return held.setdefault("locking queue " + path, LockingQueue(zk, path))


def enter(path):
    barrier = held.setdefault("barrier " + path, DoubleBarrier(zk, path, 2))
    barrier.enter()
    return "in"


def leave(path):
    held["barrier " + path].leave()
    return "out"


def count(path, value, curator):
    counter = zk.Counter(path, support_curator=curator)
    counter += int(value)
    return counter.post_value


def party(path, value):
    held["party " + path] = member = zk.Party(path, value)
    member.join()
    return ",".join(sorted(member))


commands = {
    "lock": lambda path, value: keep(path, Lock(zk, path, extra_lock_patterns=["lock-"] if value == "curator" else ())),
    "read": lambda path, value: keep(path, ReadLock(zk, path)),
    "write": lambda path, value: keep(path, WriteLock(zk, path)),
    "lease": lambda path, value: keep(path, Semaphore(zk, path, max_leases=1)),
    "release": lambda path, value: release(path),
    "lead": lambda path, value: lead(path),
    "resign": lambda path, value: resigned(),
    "put": lambda path, value: Queue(zk, path).put(value.encode()),
    "take": lambda path, value: Queue(zk, path).get().decode(),
    "locking put": lambda path, value: locking_queue(path).put(value.encode()),
    "locking take": lambda path, value: locking_queue(path).get(30).decode(),
    "consume": lambda path, value: locking_queue(path).consume(),
    "pass": lambda path, value: zk.Barrier(path).wait(30),
    "enter": lambda path, value: enter(path),
    "leave": lambda path, value: leave(path),
    "count": lambda path, value: count(path, value, False),
    "curator count": lambda path, value: count(path, value, True),
    "party": lambda path, value: party(path, value),
}


def run(number, what, path, value):
    try:
        result = commands[what](path, value)
    except Exception as error:  # noqa: BLE001: whatever it is, the other side has to know
        result = "failed: %r" % error
    print("%s %s" % (number, result), flush=True)


print("ready", flush=True)
for line in sys.stdin:
    number, what, path, value = (line.rstrip("\n").split("\t") + [""])[:4]
    threading.Thread(target=run, args=(number, what, path, value), daemon=True).start()
zk.stop()
