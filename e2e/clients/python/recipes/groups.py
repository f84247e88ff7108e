"""Party and set partitioner: who is there, and who has what.

A partitioner of kazoo may fail where a connection breaks while it allocates: it finds a lock that it has just taken among
those that it has released. kazoo's advice is to make another one.
"""

from record import Owners
from sessions import repeat

ITEMS = ["item-%02d" % i for i in range(20)]
TIME_BOUNDARY_S = 0.3
REACTION_S = 1
LOOK_S = 0.1


class Share:
    """One client's part of the items, by one partitioner after the other where one fails."""

    def __init__(self, member, owners):
        self._member = member
        self._owners = owners
        self._partitioner = None
        self._disconnections_before = 0
        self._failed = []

    @property
    def failures(self):
        return len(self._failed)

    def step(self):
        for partitioner in self._failed:
            # It may have taken a lock after it has failed.
            partitioner.finish()
        if self._partitioner is None:
            self._partitioner = self._join()
        partitioner = self._partitioner
        name = self._member.name
        if partitioner.failed:
            self._owners.leave(name)
            self._failed.append(partitioner)
            self._partitioner = None
            if self._member.disconnections == self._disconnections_before:
                self._member.record.contradiction("partitioner: %s failed, and no connection broke" % name)
        elif partitioner.release:
            self._owners.leave(name)
            partitioner.release_set()
        elif partitioner.acquired:
            if self._owners.take(name, list(partitioner)):
                self._member.record.advance("partitioner")
            partitioner.state_change_event.clear()
            partitioner.state_change_event.wait(LOOK_S)
        else:
            partitioner.wait_for_acquire(LOOK_S)

    def _join(self):
        self._disconnections_before = self._member.disconnections
        return self._member.zk.SetPartitioner(
            "/recipes/partitioner",
            set=ITEMS,
            identifier=self._member.name,
            time_boundary=TIME_BOUNDARY_S,
            max_reaction_time=REACTION_S,
        )


def workers(stopping, members, record):
    """Returns the threads, and how to count the partitioners that had to be replaced."""
    for recipe in ("party", "partitioner"):
        record.expect(recipe)
    owners = Owners(record, "partitioner", ITEMS)
    shares = {member: Share(member, owners) for member in members}

    def steps(member):
        name = member.name
        party = member.zk.Party("/recipes/party", name)

        def come_and_go():
            party.join()
            if name not in list(party):
                record.contradiction("party: %s joined and is not there" % name)
            party.leave()
            if name in list(party):
                record.contradiction("party: %s left and is still there" % name)
            record.advance("party")

        return come_and_go, shares[member].step

    threads = [repeat(stopping, member, step) for member in members for step in steps(member)]
    return threads, lambda: {"partitioners replaced": sum(share.failures for share in shares.values())}
