import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/** Every call of the client, and what has to come of it. */
final class Checks {
  private static final long EVENT_TIMEOUT_MS = 5_000;
  private static final long TTL_MS = 60_000;

  private static int expectations;

  private interface Call {
    void run() throws KeeperException, InterruptedException;
  }

  private interface Group {
    void run() throws Exception;
  }

  private Checks() {}

  /** Prints what it has checked; throws, with the group as the first word, where something is wrong. */
  static void all(ZooKeeper zk) throws Exception {
    check("create", () -> create(zk));
    check("sequence", () -> sequence(zk));
    check("get-set", () -> getAndSet(zk));
    check("bad-version", () -> badVersion(zk));
    check("exists", () -> exists(zk));
    check("children", () -> children(zk));
    check("delete", () -> delete(zk));
    check("not-empty", () -> notEmpty(zk));
    check("multi", () -> multi(zk));
    check("acl", () -> acl(zk));
    check("data-watch", () -> dataWatch(zk));
    check("child-watch", () -> childWatch(zk));
    check("exists-watch", () -> existsWatch(zk));
    check("recursive-watch", () -> recursiveWatch(zk));
    check("ephemeral", () -> ephemeral(zk));
    check("container", () -> container(zk));
    check("ttl", () -> ttl(zk));
    check("sync", () -> sync(zk));
  }

  private static void check(String name, Group group) throws Exception {
    expectations = 0;
    try {
      group.run();
    } catch (Exception error) {
      throw new IllegalStateException(name + ": " + error.getMessage(), error);
    }
    System.out.println("checked " + name + " " + expectations);
  }

  private static void expect(String what, Object expected, Object got) {
    expectations++;
    if (!expected.equals(got)) throw new IllegalStateException(what + ": " + got + " instead of " + expected);
  }

  private static void refuses(String what, Code code, Call call) throws InterruptedException {
    Code got = Code.OK;
    try {
      call.run();
    } catch (KeeperException refused) {
      got = refused.code();
    }
    expect(what, code, got);
  }

  private static void create(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/create";
    expect("path", path, zk.create(path, Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT));
    refuses("again", Code.NODEEXISTS, () -> zk.create(path, Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT));
    refuses("no parent", Code.NONODE, () -> zk.create(Sessions.ROOT + "/no/parent", Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT));
    String own = path + "/ephemeral";
    zk.create(own, Sessions.bytes("a"), Sessions.OPEN, CreateMode.EPHEMERAL);
    expect("owner", zk.getSessionId(), zk.exists(own, false).getEphemeralOwner());
    expect("no owner", 0L, zk.exists(path, false).getEphemeralOwner());
    refuses("beneath an ephemeral", Code.NOCHILDRENFOREPHEMERALS, () -> zk.create(own + "/a", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT));
  }

  private static void sequence(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/sequence";
    zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    expect("first", path + "/n-0000000000", zk.create(path + "/n-", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT_SEQUENTIAL));
    expect("second", path + "/n-0000000001", zk.create(path + "/n-", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT_SEQUENTIAL));
    String third = zk.create(path + "/e-", Sessions.bytes(""), Sessions.OPEN, CreateMode.EPHEMERAL_SEQUENTIAL);
    expect("third, ephemeral", path + "/e-0000000002", third);
    expect("its owner", zk.getSessionId(), zk.exists(third, false).getEphemeralOwner());
  }

  private static void getAndSet(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/get-set";
    zk.create(path, Sessions.bytes("first"), Sessions.OPEN, CreateMode.PERSISTENT);
    Stat stat = new Stat();
    expect("data", "first", Sessions.text(zk.getData(path, false, stat)));
    expect("version", 0, stat.getVersion());
    expect("any version", 1, zk.setData(path, Sessions.bytes("second"), -1).getVersion());
    expect("that version", 2, zk.setData(path, Sessions.bytes("third"), 1).getVersion());
    expect("data after it", "third", Sessions.text(zk.getData(path, false, stat)));
    expect("version after it", 2, stat.getVersion());
    expect("changed later", true, stat.getMzxid() > stat.getCzxid());
    expect("length", 5, stat.getDataLength());
    refuses("nothing there", Code.NONODE, () -> zk.getData(Sessions.ROOT + "/nowhere", false, null));
  }

  private static void badVersion(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/bad-version";
    zk.create(path, Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT);
    refuses("set", Code.BADVERSION, () -> zk.setData(path, Sessions.bytes("b"), 7));
    refuses("delete", Code.BADVERSION, () -> zk.delete(path, 7));
    expect("unchanged", "a", Sessions.text(zk.getData(path, false, null)));
  }

  private static void exists(ZooKeeper zk) throws Exception {
    expect("not there", true, zk.exists(Sessions.ROOT + "/exists", false) == null);
    zk.create(Sessions.ROOT + "/exists", Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT);
    expect("there", 1, zk.exists(Sessions.ROOT + "/exists", false).getDataLength());
  }

  private static void children(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/children";
    zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    expect("none", List.of(), zk.getChildren(path, false));
    for (String name : List.of("a", "b", "c")) zk.create(path + "/" + name, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    Stat stat = new Stat();
    expect("names", new TreeSet<>(List.of("a", "b", "c")), new TreeSet<>(zk.getChildren(path, false, stat)));
    expect("number", 3, stat.getNumChildren());
    expect("number of all", 3, zk.getAllChildrenNumber(path));
  }

  private static void delete(ZooKeeper zk) throws Exception {
    zk.create(Sessions.ROOT + "/delete", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    zk.delete(Sessions.ROOT + "/delete", 0);
    expect("gone", true, zk.exists(Sessions.ROOT + "/delete", false) == null);
    refuses("again", Code.NONODE, () -> zk.delete(Sessions.ROOT + "/delete", -1));
  }

  private static void notEmpty(ZooKeeper zk) throws Exception {
    refuses("with children", Code.NOTEMPTY, () -> zk.delete(Sessions.ROOT + "/children", -1));
  }

  private static void multi(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/multi";
    zk.create(path, Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT);
    List<Op> together = List.of(
        Op.check(path, 0),
        Op.create(path + "/one", Sessions.bytes("1"), Sessions.OPEN, CreateMode.PERSISTENT),
        Op.create(path + "/two", Sessions.bytes("2"), Sessions.OPEN, CreateMode.PERSISTENT),
        Op.setData(path, Sessions.bytes("b"), 0),
        Op.delete(path + "/two", -1));
    expect("results", 5, zk.multi(together).size());
    expect("set", "b", Sessions.text(zk.getData(path, false, null)));
    expect("created, and deleted", List.of("one"), zk.getChildren(path, false));
    List<Op> refused = List.of(Op.create(path + "/three", Sessions.bytes("3"), Sessions.OPEN, CreateMode.PERSISTENT), Op.check(path, 0));
    refuses("one is refused", Code.BADVERSION, () -> zk.multi(refused));
    expect("none was done", List.of("one"), zk.getChildren(path, false));
  }

  private static void acl(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/acl";
    zk.addAuthInfo("digest", Sessions.bytes("ann:apple"));
    // By TLS its creator would be the subject of the certificate, too, which another session shows as well.
    Id ann = new Id("digest", DigestAuthenticationProvider.generateDigest("ann:apple"));
    List<ACL> hers = Collections.singletonList(new ACL(ZooDefs.Perms.ALL, ann));
    zk.create(path, Sessions.bytes("secret"), hers, CreateMode.PERSISTENT);
    List<ACL> list = zk.getACL(path, null);
    expect("list", hers, list);
    expect("its creator reads", "secret", Sessions.text(zk.getData(path, false, null)));
    ZooKeeper other = Sessions.connect(event -> {});
    refuses("nobody reads", Code.NOAUTH, () -> other.getData(path, false, null));
    refuses("nobody writes", Code.NOAUTH, () -> other.setData(path, Sessions.bytes("x"), -1));
    zk.setACL(path, Collections.singletonList(new ACL(ZooDefs.Perms.READ, new Id("world", "anyone"))), 0);
    other.sync(path);
    expect("anybody reads", "secret", Sessions.text(other.getData(path, false, null)));
    refuses("nobody writes yet", Code.NOAUTH, () -> other.setData(path, Sessions.bytes("x"), -1));
    expect("version of the list", 1, zk.exists(path, false).getAversion());
    zk.create(path + "-again", Sessions.bytes("shared"), hers, CreateMode.PERSISTENT);
    other.addAuthInfo("digest", Sessions.bytes("ann:apple"));
    other.sync(path);
    expect("who proves it reads", "shared", Sessions.text(other.getData(path + "-again", false, null)));
    other.close();
  }

  private static void dataWatch(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/data-watch";
    zk.create(path, Sessions.bytes("a"), Sessions.OPEN, CreateMode.PERSISTENT);
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    zk.getData(path, events::add, null);
    zk.setData(path, Sessions.bytes("b"), -1);
    expectEvent(events, EventType.NodeDataChanged, path);
  }

  private static void childWatch(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/child-watch";
    zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    zk.getChildren(path, events::add);
    zk.create(path + "/a", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    expectEvent(events, EventType.NodeChildrenChanged, path);
  }

  private static void existsWatch(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/exists-watch";
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    expect("not there", true, zk.exists(path, events::add) == null);
    zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    expectEvent(events, EventType.NodeCreated, path);
    zk.exists(path, events::add);
    zk.delete(path, -1);
    expectEvent(events, EventType.NodeDeleted, path);
  }

  private static void recursiveWatch(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/recursive-watch";
    zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    zk.addWatch(path, events::add, AddWatchMode.PERSISTENT_RECURSIVE);
    zk.create(path + "/a", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    zk.create(path + "/a/b", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    zk.setData(path + "/a/b", Sessions.bytes("x"), -1);
    zk.delete(path + "/a/b", -1);
    expectEvent(events, EventType.NodeCreated, path + "/a");
    expectEvent(events, EventType.NodeCreated, path + "/a/b");
    expectEvent(events, EventType.NodeDataChanged, path + "/a/b");
    expectEvent(events, EventType.NodeDeleted, path + "/a/b");
  }

  private static void ephemeral(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/ephemeral";
    ZooKeeper other = Sessions.connect(event -> {});
    other.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.EPHEMERAL);
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    sync(zk);
    expect("seen by another session", other.getSessionId(), zk.exists(path, events::add).getEphemeralOwner());
    other.close();
    expectEvent(events, EventType.NodeDeleted, path);
    expect("gone with its session", true, zk.exists(path, false) == null);
  }

  private static void container(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/container";
    expect("path", path, zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.CONTAINER));
    expect("a child", path + "/a", zk.create(path + "/a", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT));
  }

  private static void ttl(ZooKeeper zk) throws Exception {
    String path = Sessions.ROOT + "/ttl";
    expect("path", path, zk.create(path, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT_WITH_TTL, null, TTL_MS));
    String numbered = zk.create(path + "/n-", Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL, null, TTL_MS);
    expect("numbered", path + "/n-0000000000", numbered);
  }

  private static void sync(ZooKeeper zk) throws Exception {
    BlockingQueue<Integer> codes = new ArrayBlockingQueue<>(1);
    zk.sync(Sessions.ROOT, (code, path, context) -> codes.add(code), null);
    expect("sync", 0, codes.poll(EVENT_TIMEOUT_MS, TimeUnit.MILLISECONDS));
  }

  private static void expectEvent(BlockingQueue<WatchedEvent> events, EventType type, String path) throws Exception {
    WatchedEvent event = events.poll(EVENT_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    expect("event", type + " " + path, event == null ? "none in time" : event.getType() + " " + event.getPath());
  }
}
