"""Barrier and double barrier, generation after generation, each on a path of its own."""

import random
import threading
import time

from kazoo.exceptions import ConnectionLoss, KazooException
from kazoo.recipe.barrier import DoubleBarrier
from sessions import IN_DOUBT, PAUSE_S

WAIT_S = 1
STUCK_S = 60
"""How long a client whose connection broke while it waited goes on waiting for those who may have passed it."""
GIVE_UP_S = 5
POLL_S = 0.1


def conductors(stopping, members, record):
    """Returns the threads: each lets every client take part in one generation, and then in the next."""
    for recipe in ("barrier", "double barrier"):
        record.expect(recipe)

    def conduct(recipe, generation):
        number = 0
        while not stopping.is_set():
            number += 1
            generation(members, record, "/recipes/%s/%d" % (recipe.replace(" ", "-"), number), number)
            time.sleep(PAUSE_S)

    return [
        threading.Thread(target=conduct, args=("barrier", hold_back), daemon=True),
        threading.Thread(target=conduct, args=("double barrier", meet_and_part), daemon=True),
    ]


def hold_back(members, record, path, number):
    """Nobody passes before the barrier is being removed, and then everybody does."""
    keeper = members[number % len(members)]
    barrier = keeper.zk.Barrier(path)
    barrier.create()
    opening = threading.Event()

    def wait(member):
        while True:
            try:
                # It was told of the barrier by other means than the ensemble, and its server may be behind.
                member.zk.sync(path)
                # kazoo forgets its watches with a connection: nothing would end this wait if it were longer.
                if member.zk.Barrier(path).wait(WAIT_S):
                    break
            except IN_DOUBT:
                time.sleep(POLL_S)
        if not opening.is_set():
            record.contradiction("barrier: %s passed %s while it stood" % (member.name, path))

    waiting = start_for_each([member for member in members if member is not keeper], wait)
    time.sleep(random.uniform(0, 2 * POLL_S))
    opening.set()
    barrier.remove()
    if all_ended(waiting, record, "barrier"):
        record.advance("barrier")


def meet_and_part(members, record, path, _number):
    """Nobody is inside before all have come. Where no connection broke, nobody is out before all wanted to leave."""
    come, leaving = set(), set()
    inside = []
    before = disconnections(members)

    def take_part(member):
        barrier = DoubleBarrier(WaitsThatEnd(member), path, len(members), member.name)
        come.add(member.name)
        barrier.enter()
        if not barrier.participating:
            return
        if len(come) < len(members):
            record.contradiction("double barrier: %s was inside, with only %s" % (member.name, sorted(come)))
        inside.append(member.name)
        leaving.add(member.name)
        barrier.leave()
        out = set(leaving)
        if len(out) < len(members) and disconnections(members) == before:
            record.contradiction("double barrier: %s was out, with only %s" % (member.name, sorted(out)))

    if not all_ended(start_for_each(members, take_part), record, "double barrier"):
        return
    if len(inside) == len(members):
        record.advance("double barrier")
    elif disconnections(members) == before:
        record.contradiction("double barrier: only %s came in, and no connection broke" % sorted(inside))


class WaitsThatEnd:
    """A client for kazoo's double barrier, which waits for an event without end.

    kazoo forgets its watches with a connection, so the event may never come. Such a wait ends with ConnectionLoss, which
    the recipe answers by looking again. Those it waits for may have come and gone meanwhile: so it gives up in the end.
    """

    def __init__(self, member):
        self._member = member
        self._began = member.disconnections
        self.handler = self

    def __getattr__(self, name):
        return getattr(self._member.zk, name)

    def event_object(self):
        return self.Event(self._member, self._began)

    class Event(threading.Event):
        def __init__(self, member, began):
            super().__init__()
            self._member = member
            self._began = began
            self._before = member.disconnections

        def wait(self, timeout=None):
            deadline = time.monotonic() + GIVE_UP_S
            while not super().wait(POLL_S):
                if self._member.disconnections != self._before:
                    raise ConnectionLoss()
                if self._member.disconnections != self._began and time.monotonic() > deadline:
                    raise GivenUp()
            return True


class GivenUp(KazooException):
    pass


def disconnections(members):
    return sum(member.disconnections for member in members)


def start_for_each(members, task):
    threads = [threading.Thread(target=task, args=(member,), daemon=True) for member in members]
    for thread in threads:
        thread.start()
    return threads


def all_ended(threads, record, recipe):
    deadline = time.monotonic() + STUCK_S
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    stuck = sum(thread.is_alive() for thread in threads)
    if stuck > 0:
        record.contradiction("%s: %d clients are stuck" % (recipe, stuck))
    return stuck == 0
