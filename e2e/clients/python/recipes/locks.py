"""Lock, election, read/write lock, semaphore: who may be inside together."""

from record import Section
from sessions import repeat

MAX_LEASES = 3


def workers(stopping, members, record):
    """Returns the threads, and what to check once they have ended."""
    for recipe in ("lock", "election", "write lock", "read lock", "semaphore"):
        record.expect(recipe)
    lock = Section(record, "lock")
    election = Section(record, "election")
    shared = Section(record, "read/write lock", limit=len(members))
    leases = Section(record, "semaphore", limit=MAX_LEASES)

    def steps(member):
        zk, name = member.zk, member.name
        semaphore = zk.Semaphore("/recipes/semaphore", name, max_leases=MAX_LEASES)

        def take_lock():
            held = zk.Lock("/recipes/lock", name)
            with held:
                token = zk.retry(zk.get, "/recipes/lock/" + held.node)[1].czxid
                with lock.alone(name, token):
                    record.advance("lock")

        def be_elected():
            contest = zk.Election("/recipes/election", name)

            def lead():
                token = zk.retry(zk.get, "/recipes/election/" + contest.lock.node)[1].czxid
                with election.alone(name, token):
                    record.advance("election")

            contest.run(lead)

        def write():
            with zk.WriteLock("/recipes/read-write-lock", name), shared.alone(name):
                record.advance("write lock")

        def read():
            with zk.ReadLock("/recipes/read-write-lock", name), shared.together(name):
                record.advance("read lock")

        def lease():
            with semaphore, leases.together(name):
                record.advance("semaphore")

        return take_lock, be_elected, write, read, lease

    def conclude():
        for section in (lock, election, shared):
            section.conclude()
        if shared.most_together < 2:
            record.contradiction("read lock: no two readers were ever inside together")
        if leases.most_together < 2:
            record.contradiction("semaphore: no two leases were ever held together")

    return [repeat(stopping, member, step) for member in members for step in steps(member)], conclude
