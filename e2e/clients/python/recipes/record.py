"""What is known outside of the ensemble: how far each recipe got, who is inside of what, and every contradiction."""

import contextlib
import random
import threading
import time

MAX_ALONE_S = 0.01
"""Long enough for others to come: a lease takes its holder several requests."""
MAX_TOGETHER_S = 0.2


class Record:
    """Progress of each recipe, and what must not have been seen."""

    def __init__(self):
        self._lock = threading.Lock()
        self._progress = {}
        self._contradictions = []

    def expect(self, recipe):
        """A recipe that has to make progress."""
        with self._lock:
            self._progress[recipe] = 0

    def advance(self, recipe):
        with self._lock:
            self._progress[recipe] += 1

    def contradiction(self, text):
        with self._lock:
            self._contradictions.append(text)

    @property
    def progress(self):
        with self._lock:
            return dict(self._progress)

    @property
    def contradictions(self):
        with self._lock:
            return list(self._contradictions)


class Section:
    """Code in which either one may be alone, or up to `limit` together.

    It also counts in a way that only works for one at a time, so that who was in it together is found even if the
    bookkeeping above it were wrong.
    """

    def __init__(self, record, name, limit=1):
        self._record = record
        self._name = name
        self._limit = limit
        self._lock = threading.Lock()
        self._alone = []
        self._together = []
        self._last_token = 0
        self._unprotected = 0
        self._entries = 0
        self.most_together = 0

    @contextlib.contextmanager
    def alone(self, who, token=None):
        """`token` rises from one holder to the next: what a fencing token is for."""
        with self._lock:
            self._complain_of(self._alone + self._together, who)
            if token is not None and token <= self._last_token:
                self._record.contradiction("%s: token %d after %d" % (self._name, token, self._last_token))
            self._last_token = token or 0
            self._alone.append(who)
            self._entries += 1
        seen = self._unprotected
        time.sleep(random.uniform(0, MAX_ALONE_S))
        try:
            yield
        finally:
            self._unprotected = seen + 1
            with self._lock:
                self._alone.remove(who)

    @contextlib.contextmanager
    def together(self, who):
        with self._lock:
            self._complain_of(self._alone, who)
            self._together.append(who)
            self.most_together = max(self.most_together, len(self._together))
            if len(self._together) > self._limit:
                self._record.contradiction("%s: %s together" % (self._name, ", ".join(self._together)))
        time.sleep(random.uniform(0, MAX_TOGETHER_S))
        try:
            yield
        finally:
            with self._lock:
                self._together.remove(who)

    def conclude(self):
        if self._unprotected != self._entries:
            counts = (self._name, self._entries, self._unprotected)
            self._record.contradiction("%s: %d were in it alone, but its own count is %d" % counts)

    def _complain_of(self, others, who):
        if others:
            self._record.contradiction("%s: %s came to %s" % (self._name, who, ", ".join(others)))


class Owners:
    """Which client owns which item; no item may have two."""

    def __init__(self, record, name, items):
        self._record = record
        self._name = name
        self._lock = threading.Lock()
        self._owner = {item: None for item in items}

    def take(self, who, items):
        """Returns whether this made every item owned."""
        with self._lock:
            complete = None not in self._owner.values()
            for item in items:
                owner = self._owner[item]
                if owner not in (None, who):
                    self._record.contradiction("%s: %s has %s of %s" % (self._name, who, item, owner))
                self._owner[item] = who
            return not complete and None not in self._owner.values()

    def leave(self, who):
        with self._lock:
            for item, owner in self._owner.items():
                if owner == who:
                    self._owner[item] = None
