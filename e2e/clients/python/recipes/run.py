"""kazoo's recipes by many clients at once, until standard input is closed; what must hold is checked outside of the ensemble.

    run.py <clients> [planted]           hosts in the environment variable HOSTS

It prints `progress <json>` several times a second: how often each recipe has come to a good end. When its input ends it
stops the clients, looks with a new session at what is left, and prints `verdict <json>`: `contradictions` is empty unless
something was seen that must not be. With `planted` the recipes are broken, and it must not be empty.
"""

import json
import logging
import os
import sys
import threading
import time

import barriers
import groups
import locks
import planted
import queues
from record import Record
from sessions import Member, connect

REPORT_S = 0.1
JOIN_TIMEOUT_S = 60
"""Paths whose children all belong to sessions: none is left when these have ended."""
OF_SESSIONS = ("lock", "election", "read-write-lock", "semaphore", "semaphore-__lock__", "party", "partitioner/party")
SHOWN = 20

# What kazoo logs of broken connections is what this is about.
logging.getLogger("kazoo").setLevel(logging.CRITICAL)


def main(clients, hosts):
    record = Record()
    first = connect(hosts)
    for recipe in ("barrier", "double-barrier"):
        first.ensure_path("/recipes/" + recipe)
    first.stop()
    members = [Member(hosts, "client-%d" % i, record) for i in range(clients)]

    stopping = threading.Event()
    lock_workers, conclude_locks = locks.workers(stopping, members, record)
    queue_workers, conclude_queues = queues.workers(stopping, members, record)
    group_workers, replaced = groups.workers(stopping, members, record)
    threads = lock_workers + queue_workers + group_workers
    threads += barriers.conductors(stopping, members, record)
    for thread in threads:
        thread.start()
    if planting:
        planted.begin_anew(members[-1])
    threading.Thread(target=report, args=(record, stopping), daemon=True).start()

    sys.stdin.read()
    stopping.set()
    deadline = time.monotonic() + JOIN_TIMEOUT_S
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
        if thread.is_alive():
            record.contradiction("stuck: %s" % thread.name)
    for member in members:
        member.close()
    conclude_locks()
    doubts = conclude_queues(hosts)
    look_for_leftovers(hosts, record)
    contradictions = record.contradictions
    verdict = {
        "progress": record.progress,
        "disconnections": sum(member.disconnections for member in members),
        "doubts": {**doubts, **replaced()},
        "wrong": len(contradictions),
        "contradictions": contradictions if planting else contradictions[:SHOWN],
    }
    print("verdict " + json.dumps(verdict), flush=True)


def report(record, stopping):
    while not stopping.wait(REPORT_S):
        print("progress " + json.dumps(record.progress), flush=True)


def look_for_leftovers(hosts, record):
    zk = connect(hosts)
    zk.sync("/recipes")
    for path in OF_SESSIONS:
        left = zk.get_children("/recipes/" + path)
        if left:
            record.contradiction("%s: %d nodes outlived their sessions: %s" % (path, len(left), left[:3]))
    zk.stop()


planting = "planted" in sys.argv[2:]
if planting:
    planted.plant()
main(int(sys.argv[1]), os.environ["HOSTS"])
