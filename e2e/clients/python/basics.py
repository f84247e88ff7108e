"""What every ZooKeeper client does every day, by kazoo, against the ensemble in the environment variable HOSTS."""

import os
import unittest
import uuid

from kazoo.client import KazooClient
from kazoo.exceptions import (
    BadArgumentsError,
    BadVersionError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
    RuntimeInconsistency,
)
from kazoo.security import OPEN_ACL_UNSAFE

HOSTS = os.environ["HOSTS"].split(",")


class Basics(unittest.TestCase):
    def setUp(self):
        self.root = "/basics-" + uuid.uuid4().hex
        self.zk = self.client(",".join(HOSTS))
        self.zk.create(self.root, b"root")

    def client(self, hosts):
        zk = KazooClient(hosts=hosts, timeout=10)
        zk.start(timeout=15)
        self.addCleanup(zk.close)
        self.addCleanup(zk.stop)
        return zk

    def path(self, name):
        return self.root + "/" + name

    def test_create_returns_the_path_and_get_returns_the_data_and_the_stat(self):
        self.assertEqual(self.zk.create(self.path("a"), b"hello"), self.path("a"))
        data, stat = self.zk.get(self.path("a"))
        self.assertEqual(data, b"hello")
        self.assertEqual(stat.version, 0)
        self.assertEqual(stat.dataLength, 5)
        self.assertEqual(stat.numChildren, 0)
        self.assertEqual(stat.czxid, stat.mzxid)
        self.assertEqual(stat.ephemeralOwner, 0)
        self.assertGreater(stat.ctime, 1_500_000_000_000)

    def test_create_can_return_the_stat(self):
        path, stat = self.zk.create(self.path("a"), b"xyz", include_data=True)
        self.assertEqual(path, self.path("a"))
        self.assertEqual(stat.dataLength, 3)

    def test_an_empty_value_and_a_large_one_come_back_as_they_were(self):
        large = os.urandom(512 * 1024)
        self.zk.create(self.path("empty"))
        self.zk.create(self.path("large"), large)
        self.assertEqual(self.zk.get(self.path("empty"))[0], b"")
        self.assertEqual(self.zk.get(self.path("large"))[0], large)

    def test_names_beyond_ascii_come_back_as_they_were(self):
        name = "grüße-日本"
        self.zk.create(self.path(name), b"1")
        self.assertEqual(self.zk.get_children(self.root), [name])
        self.assertEqual(self.zk.get(self.path(name))[0], b"1")

    def test_names_beyond_the_basic_plane_are_refused_as_zookeeper_does(self):
        with self.assertRaises(BadArgumentsError):
            self.zk.create(self.path("🎉"))

    def test_sequential_names_count_up_and_never_come_again(self):
        made = [self.zk.create(self.path("n-"), sequence=True) for _ in range(3)]
        self.assertEqual(made, [self.path("n-%010d" % i) for i in range(3)])
        self.zk.delete(made[2])
        self.assertEqual(self.zk.create(self.path("n-"), sequence=True), self.path("n-%010d" % 3))

    def test_what_exists_cannot_be_created_again(self):
        self.zk.create(self.path("a"))
        with self.assertRaises(NodeExistsError):
            self.zk.create(self.path("a"))

    def test_nothing_can_be_created_below_what_is_missing(self):
        with self.assertRaises(NoNodeError):
            self.zk.create(self.path("missing/a"))

    def test_makepath_creates_every_level(self):
        self.zk.create(self.path("a/b/c/d"), b"deep", makepath=True)
        self.assertEqual(self.zk.get(self.path("a/b/c/d"))[0], b"deep")

    def test_set_counts_the_version_up_and_moves_mzxid(self):
        self.zk.create(self.path("a"), b"0")
        before = self.zk.exists(self.path("a"))
        for i in range(1, 4):
            stat = self.zk.set(self.path("a"), b"%d" % i)
            self.assertEqual(stat.version, i)
        data, after = self.zk.get(self.path("a"))
        self.assertEqual(data, b"3")
        self.assertEqual(after.czxid, before.czxid)
        self.assertGreater(after.mzxid, before.mzxid)

    def test_a_set_of_another_version_is_refused_and_changes_nothing(self):
        self.zk.create(self.path("a"), b"0")
        self.zk.set(self.path("a"), b"1", version=0)
        with self.assertRaises(BadVersionError):
            self.zk.set(self.path("a"), b"2", version=0)
        self.assertEqual(self.zk.get(self.path("a"))[0], b"1")

    def test_what_is_missing_cannot_be_read_set_listed_or_deleted(self):
        missing = self.path("missing")
        self.assertIsNone(self.zk.exists(missing))
        for attempt in (
            lambda: self.zk.get(missing),
            lambda: self.zk.set(missing, b""),
            lambda: self.zk.get_children(missing),
            lambda: self.zk.delete(missing),
            lambda: self.zk.get_acls(missing),
        ):
            with self.assertRaises(NoNodeError):
                attempt()

    def test_children_are_listed_with_the_stat_of_their_parent(self):
        for name in ("c", "a", "b"):
            self.zk.create(self.path(name))
        self.zk.delete(self.path("b"))
        children, stat = self.zk.get_children(self.root, include_data=True)
        self.assertEqual(sorted(children), ["a", "c"])
        self.assertEqual(stat.numChildren, 2)
        self.assertEqual(stat.cversion, 4)

    def test_a_node_with_children_is_not_deleted(self):
        self.zk.create(self.path("a/b"), makepath=True)
        with self.assertRaises(NotEmptyError):
            self.zk.delete(self.path("a"))
        self.zk.delete(self.path("a"), recursive=True)
        self.assertIsNone(self.zk.exists(self.path("a")))

    def test_a_delete_of_another_version_is_refused(self):
        self.zk.create(self.path("a"))
        self.zk.set(self.path("a"), b"1")
        with self.assertRaises(BadVersionError):
            self.zk.delete(self.path("a"), version=0)
        self.zk.delete(self.path("a"), version=1)
        self.assertIsNone(self.zk.exists(self.path("a")))

    def test_the_open_acl_is_read_back(self):
        self.zk.create(self.path("a"))
        acls, stat = self.zk.get_acls(self.path("a"))
        self.assertEqual(acls, OPEN_ACL_UNSAFE)
        self.assertEqual(stat.aversion, 0)

    def test_the_servers_own_nodes_cannot_be_deleted(self):
        for path in ("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"):
            with self.assertRaises((BadArgumentsError, NotEmptyError)):
                self.zk.delete(path)
            self.assertIsNotNone(self.zk.exists(path))

    def test_a_transaction_does_everything_at_one_zxid(self):
        self.zk.create(self.path("gone"))
        self.zk.create(self.path("set"), b"0")
        transaction = self.zk.transaction()
        transaction.check(self.path("set"), version=0)
        transaction.create(self.path("made"), b"1")
        transaction.create(self.path("made/n-"), b"2", sequence=True)
        transaction.set_data(self.path("set"), b"3", version=0)
        transaction.delete(self.path("gone"))
        results = transaction.commit()
        self.assertEqual(results[1], self.path("made"))
        self.assertEqual(results[2], self.path("made/n-0000000000"))
        self.assertEqual(results[3].version, 1)
        zxids = {
            self.zk.exists(self.path("made")).czxid,
            self.zk.exists(self.path("made/n-0000000000")).czxid,
            self.zk.exists(self.path("set")).mzxid,
            self.zk.exists(self.root).pzxid,
        }
        self.assertEqual(len(zxids), 1)
        self.assertEqual(sorted(self.zk.get_children(self.root)), ["made", "set"])

    def test_a_failing_transaction_does_nothing_and_says_what_failed(self):
        self.zk.create(self.path("set"), b"0")
        transaction = self.zk.transaction()
        transaction.create(self.path("made"))
        transaction.check(self.path("set"), version=7)
        transaction.delete(self.path("set"))
        results = transaction.commit()
        self.assertIsInstance(results[0], RolledBackError)
        self.assertIsInstance(results[1], BadVersionError)
        self.assertIsInstance(results[2], RuntimeInconsistency)
        self.assertEqual(self.zk.get_children(self.root), ["set"])

    def test_after_sync_every_member_shows_what_was_written_through_another(self):
        self.zk.create(self.path("a"), b"new")
        for host in HOSTS:
            other = self.client(host)
            other.sync(self.root)
            self.assertEqual(other.get(self.path("a"))[0], b"new")

    def test_requests_in_flight_are_answered_in_order(self):
        results = []
        for i in range(200):
            results.append(self.zk.create_async(self.path("p%04d" % i), b"%d" % i))
            results.append(self.zk.get_async(self.path("p%04d" % i)))
        for i in range(200):
            self.assertEqual(results[2 * i].get(timeout=15), self.path("p%04d" % i))
            self.assertEqual(results[2 * i + 1].get(timeout=15)[0], b"%d" % i)

    def test_a_chroot_in_the_connect_string_is_the_clients_own_affair(self):
        inside = self.client(",".join(HOSTS) + self.root)
        inside.create("/a", b"1")
        # The two may be clients of different members.
        self.zk.sync(self.root)
        self.assertEqual(self.zk.get(self.path("a"))[0], b"1")

    def test_the_session_has_an_id_and_ends_when_closed(self):
        other = self.client(",".join(HOSTS))
        first = other.client_id[0]
        self.assertNotEqual(first, 0)
        other.stop()
        other.start(timeout=15)
        self.assertNotEqual(other.client_id[0], first)


if __name__ == "__main__":
    unittest.main(verbosity=2)
