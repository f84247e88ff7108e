import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** Watches, an ephemeral node, and writes, through whatever happens to members. */
final class Load {
  private static final long PAUSE_MS = 10;
  private static final long TELL_EVERY_MS = 100;
  private static final List<String> WATCHED = List.of("data", "listed", "absent");

  private final AtomicInteger connectionsLost = new AtomicInteger();
  private final AtomicInteger sessionsLost = new AtomicInteger();
  private final BlockingQueue<String> fired = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  /** Until standard input ends. */
  void run(ZooKeeper zk) throws Exception {
    for (String name : List.of("data", "listed", "tree", "writes")) {
      zk.create(Sessions.ROOT + "/" + name, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
    }
    zk.create(Sessions.ROOT + "/own", Sessions.bytes(""), Sessions.OPEN, CreateMode.EPHEMERAL);
    AtomicInteger treeEvents = new AtomicInteger();
    zk.addWatch(Sessions.ROOT + "/tree", event -> {
      if (event.getType() == EventType.NodeCreated) System.out.println("event tree " + treeEvents.incrementAndGet() + " " + event.getPath());
    }, AddWatchMode.PERSISTENT_RECURSIVE);
    for (String name : WATCHED) look(zk, name);
    System.out.println("session " + Long.toHexString(zk.getSessionId()));
    System.out.println("ready");
    Thread listening = new Thread(this::awaitEnd);
    listening.setDaemon(true);
    listening.start();
    Map<String, Integer> seen = new HashMap<>();
    long writes = 0;
    long longestGapMs = 0;
    long acknowledged = System.nanoTime();
    long told = acknowledged;
    for (;;) {
      boolean isLast = ended;
      for (String name = fired.poll(); name != null; name = fired.poll()) {
        String what = lookUntilAnswered(zk, name);
        System.out.println("event " + name + " " + seen.merge(name, 1, Integer::sum) + " " + what);
      }
      long number = writes + 1;
      write(zk, number);
      long now = System.nanoTime();
      longestGapMs = Math.max(longestGapMs, TimeUnit.NANOSECONDS.toMillis(now - acknowledged));
      acknowledged = now;
      writes = number;
      if (isLast || TimeUnit.NANOSECONDS.toMillis(now - told) >= TELL_EVERY_MS) {
        told = now;
        String format = "progress {\"writes\":%d,\"connectionsLost\":%d,\"sessionsLost\":%d,\"longestGapMs\":%d}";
        System.out.println(String.format(format, writes, connectionsLost.get(), sessionsLost.get(), longestGapMs));
      }
      if (isLast) break;
      Thread.sleep(PAUSE_MS);
    }
    System.out.println("ended " + Long.toHexString(zk.getSessionId()));
  }

  private String lookUntilAnswered(ZooKeeper zk, String name) throws Exception {
    for (;;) {
      try {
        return look(zk, name);
      } catch (KeeperException.ConnectionLossException lost) {
        Thread.sleep(PAUSE_MS);
      }
    }
  }

  /** A connection that is lost leaves in doubt whether the node was made: it is there then, or is made now. */
  private void write(ZooKeeper zk, long number) throws Exception {
    for (boolean isInDoubt = false; ; isInDoubt = true) {
      try {
        zk.create(Sessions.ROOT + "/writes/" + number, Sessions.bytes(""), Sessions.OPEN, CreateMode.PERSISTENT);
        return;
      } catch (KeeperException.ConnectionLossException lost) {
        Thread.sleep(PAUSE_MS);
      } catch (KeeperException.NodeExistsException there) {
        if (isInDoubt) return;
        throw there;
      }
    }
  }

  /** Leaves a watch, and says what is there. */
  private String look(ZooKeeper zk, String name) throws KeeperException, InterruptedException {
    String path = Sessions.ROOT + "/" + name;
    Watcher watcher = event -> {
      if (event.getType() != EventType.None) fired.add(name);
    };
    if (name.equals("data")) return Sessions.text(zk.getData(path, watcher, null));
    if (name.equals("absent")) return zk.exists(path, watcher) == null ? "gone" : "there";
    return Integer.toString(zk.getChildren(path, watcher).size());
  }

  /** Is told of what the session of the load meets. */
  void count(WatchedEvent event) {
    if (event.getType() != EventType.None || ended) return;
    if (event.getState() == KeeperState.Disconnected) connectionsLost.incrementAndGet();
    if (event.getState() == KeeperState.Expired) sessionsLost.incrementAndGet();
  }

  private void awaitEnd() {
    try {
      while (System.in.read() >= 0) continue;
    } catch (IOException closed) {
      // That is its end, too.
    }
    ended = true;
  }
}
