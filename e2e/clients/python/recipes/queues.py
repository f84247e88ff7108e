"""Queue, locking queue, counter: what was acknowledged is there, once.

kazoo promises less than that where a connection breaks before an answer. A put then may or may not have happened. `Queue`
takes an entry by deleting it, and a delete in doubt loses the entry. `Counter` adds once more after an increment in doubt.
`LockingQueue` loses nothing and hands out nothing twice, but an entry that was locked in doubt stays locked as long as the
session lives. So each doubt is counted, and no difference may be greater than the doubts.
"""

import threading

from kazoo.exceptions import NoNodeError
from kazoo.recipe.counter import Counter
from kazoo.recipe.queue import LockingQueue, Queue
from sessions import IN_DOUBT, connect, repeat

GET_TIMEOUT_S = 1
"""Who takes an entry lists all of them, so that a long queue makes all clients slow."""
MAX_BACKLOG = 50

COUNTER = "/recipes/counter"
QUEUE = "/recipes/queue"
LOCKING_QUEUE = "/recipes/locking-queue"


class Doubts:
    def __init__(self):
        self._lock = threading.Lock()
        self.count = 0

    def counted(self, operation, *args):
        try:
            return operation(*args)
        except IN_DOUBT:
            with self._lock:
                self.count += 1
            raise


class DoubtfulCounter(Counter):
    def __init__(self, zk, doubts):
        super().__init__(zk, COUNTER)
        self._doubts = doubts

    def _inner_change(self, value):
        return self._doubts.counted(super()._inner_change, value)


class DoubtfulQueue(Queue):
    def __init__(self, zk, doubts):
        super().__init__(zk, QUEUE)
        self._doubts = doubts

    def _inner_get(self):
        return self._doubts.counted(super()._inner_get)


class Entries:
    """Of one queue: what was tried to be put, acknowledged to be put, and taken."""

    def __init__(self, record, name):
        self._record = record
        self._name = name
        self._lock = threading.Lock()
        self._tried = set()
        self._acknowledged = set()
        self._taken = set()

    def put(self, queue, prefix):
        if len(queue) >= MAX_BACKLOG:
            return
        with self._lock:
            value = b"%s-%d" % (prefix.encode(), len(self._tried))
            self._tried.add(value)
        queue.put(value)
        with self._lock:
            self._acknowledged.add(value)

    def take(self, value):
        with self._lock:
            if value not in self._tried:
                self._record.contradiction("%s: %r was taken, which nobody put" % (self._name, value))
            if value in self._taken:
                self._record.contradiction("%s: %r was taken twice" % (self._name, value))
            self._taken.add(value)

    def conclude(self, doubts):
        """After everything that was left has been taken. At most `doubts` entries may be lost."""
        lost = sorted(self._acknowledged - self._taken)
        if len(lost) > doubts:
            text = "%s: acknowledged and never found: %d with %d gets in doubt, %r"
            self._record.contradiction(text % (self._name, len(lost), doubts, lost[:5]))


def workers(stopping, members, record):
    for recipe in ("queue", "locking queue", "counter"):
        record.expect(recipe)
    entries = Entries(record, "queue")
    locked_entries = Entries(record, "locking queue")
    get_doubts = Doubts()
    counter_doubts = Doubts()

    def steps(member):
        zk, name = member.zk, member.name
        counter = DoubtfulCounter(zk, counter_doubts)
        queue = DoubtfulQueue(zk, get_doubts)
        locking_queue = LockingQueue(zk, LOCKING_QUEUE)

        def count():
            counter.__add__(1)
            record.advance("counter")

        def queue_put():
            entries.put(queue, name)

        def queue_get():
            value = queue.get()
            if value is not None:
                entries.take(value)
                record.advance("queue")

        def locking_queue_put():
            locked_entries.put(locking_queue, name)

        def locking_queue_get():
            value = locking_queue.get(GET_TIMEOUT_S)
            if value is not None:
                consume(locking_queue, record)
                locked_entries.take(value)
                record.advance("locking queue")

        return count, queue_put, queue_get, locking_queue_put, locking_queue_get

    def conclude(hosts):
        """With a session of its own, after those of the clients have ended, and with them the locks in doubt."""
        zk = connect(hosts)
        drain(Queue(zk, QUEUE).get, entries.take)
        left = LockingQueue(zk, LOCKING_QUEUE)
        drain(lambda: left.get(GET_TIMEOUT_S), lambda value: consume(left, record) or locked_entries.take(value))
        entries.conclude(get_doubts.count)
        locked_entries.conclude(0)
        counted, acknowledged = zk.Counter(COUNTER).value, record.progress["counter"]
        if not acknowledged <= counted <= acknowledged + counter_doubts.count:
            text = "counter: %d after %d increments and %d in doubt"
            record.contradiction(text % (counted, acknowledged, counter_doubts.count))
        zk.stop()
        return {"gets in doubt": get_doubts.count, "increments in doubt": counter_doubts.count}

    return [repeat(stopping, member, step) for member in members for step in steps(member)], conclude


def consume(queue, record):
    """Until it is known to be done: the entry's lock is this session's, so it is gone only if this consumed it.

    Whoever had listed the entry before it was consumed may lock its name once more, finds no entry, and unlocks it.
    """
    doubtful = False
    while True:
        try:
            done = queue.consume()
        except NoNodeError:
            done = False
        except IN_DOUBT:
            doubtful = True
            continue
        if not done and not doubtful:
            record.contradiction("locking queue: the lock of %r is lost" % (queue.processing_element,))
        queue.processing_element = None
        return


def drain(get, take):
    while True:
        value = get()
        if value is None:
            return
        take(value)
