"""Party and set partitioner: who is there, and who has what."""

from record import Owners
from sessions import repeat

ITEMS = ["item-%02d" % i for i in range(20)]
TIME_BOUNDARY_S = 0.3
REACTION_S = 1
LOOK_S = 0.1


def workers(stopping, members, record):
    for recipe in ("party", "partitioner"):
        record.expect(recipe)
    owners = Owners(record, "partitioner", ITEMS)

    def steps(member):
        zk, name = member.zk, member.name
        party = zk.Party("/recipes/party", name)
        partitioners = []

        def come_and_go():
            party.join()
            if name not in list(party):
                record.contradiction("party: %s joined and is not there" % name)
            party.leave()
            if name in list(party):
                record.contradiction("party: %s left and is still there" % name)
            record.advance("party")

        def share():
            if not partitioners:
                partitioners.append(join())
            partitioner = partitioners[0]
            if partitioner.failed:
                owners.leave(name)
                partitioners.clear()
                record.contradiction("partitioner: %s failed, though its session lives" % name)
            elif partitioner.release:
                owners.leave(name)
                partitioner.release_set()
            elif partitioner.acquired:
                if owners.take(name, list(partitioner)):
                    record.advance("partitioner")
                partitioner.state_change_event.clear()
                partitioner.state_change_event.wait(LOOK_S)
            else:
                partitioner.wait_for_acquire(LOOK_S)

        def join():
            return zk.SetPartitioner(
                "/recipes/partitioner",
                set=ITEMS,
                identifier=name,
                time_boundary=TIME_BOUNDARY_S,
                max_reaction_time=REACTION_S,
            )

        return come_and_go, share

    return [repeat(stopping, member, step) for member in members for step in steps(member)]
