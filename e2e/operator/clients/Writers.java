import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** What writers.py does, by Java's own client: Writers HOSTS THREADS FOLDER [CA]. It prints the same. */
public final class Writers {
  private static final int SESSION_TIMEOUT_MS = 15_000;
  private static final long START_TIMEOUT_MS = 60_000;
  private static final long END_TIMEOUT_MS = 60_000;
  private static final long PAUSE_MS = 5;
  private static final long SETTLE_MS = 30_000;
  private static final long RETRY_MS = 20;
  private static final int MOST_WRONG = 20;

  private static volatile boolean stopping;
  private static final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

  public static void main(String[] arguments) throws Exception {
    PrintStream told = System.out;
    // Where the client logs.
    System.setOut(System.err);
    String hosts = arguments[0];
    String folder = arguments[2];
    if (arguments.length > 3) speakTls(Base64.getDecoder().decode(arguments[3]));
    List<Writer> writers = new ArrayList<>();
    for (int number = 0; number < Integer.parseInt(arguments[1]); number++) {
      Writer writer = new Writer(hosts, folder, number);
      writers.add(writer);
      writer.start();
    }
    for (Writer writer : writers) writer.first.await();
    told.println("writing");
    while (System.in.read() != -1) {}
    stopping = true;
    long ended = System.nanoTime();
    for (Writer writer : writers) {
      writer.join(END_TIMEOUT_MS);
      if (writer.isAlive()) throw new IllegalStateException("a writer did not come to an end");
    }
    // Whoever has no connection at the end hears now what has become of its session.
    for (Writer writer : writers) writer.settle();
    ZooKeeper reader = connect(hosts, event -> {});
    reader.sync(folder, (code, path, context) -> {}, null);
    int acknowledged = 0;
    int lost = 0;
    int sessionsLost = 0;
    int ephemeralsLost = 0;
    long longestWaitNs = 0;
    List<Long> times = new ArrayList<>();
    for (Writer writer : writers) {
      Set<String> missing = new HashSet<>(writer.acknowledged);
      missing.removeAll(reader.getChildren(writer.folder, false));
      acknowledged += writer.acknowledged.size();
      lost += missing.size();
      if (writer.isSessionLost) sessionsLost++;
      if (reader.exists(writer.ephemeral, false) == null) ephemeralsLost++;
      longestWaitNs = Math.max(longestWaitNs, longestNs(writer.times, ended));
      times.addAll(writer.times);
    }
    times.sort(null);
    for (Writer writer : writers) writer.zk.close();
    reader.close();
    told.printf(
        "{\"acknowledged\":%d,\"lost\":%d,\"sessionsLost\":%d,\"ephemeralsLost\":%d,\"longestGapMs\":%d,\"longestWaitMs\":%d,\"wrong\":[%s]}%n",
        acknowledged,
        lost,
        sessionsLost,
        ephemeralsLost,
        TimeUnit.NANOSECONDS.toMillis(longestNs(times, ended)),
        TimeUnit.NANOSECONDS.toMillis(longestWaitNs),
        wrong.stream().limit(MOST_WRONG).map(text -> '"' + text.replace('"', '\'') + '"').collect(Collectors.joining(",")));
  }

  /** Every client from now on; the certificate has to name the host. */
  private static void speakTls(byte[] authorities) throws IOException {
    Path file = Files.createTempFile("authorities", ".pem");
    Files.write(file, authorities);
    file.toFile().deleteOnExit();
    System.setProperty("zookeeper.client.secure", "true");
    System.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
    System.setProperty("zookeeper.ssl.trustStore.location", file.toString());
  }

  private static long longestNs(List<Long> times, long ended) {
    long longest = 0;
    for (int at = 1; at < times.size(); at++) longest = Math.max(longest, times.get(at) - times.get(at - 1));
    return Math.max(longest, ended - times.get(times.size() - 1));
  }

  private static ZooKeeper connect(String hosts, org.apache.zookeeper.Watcher watcher) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper zk =
        new ZooKeeper(
            hosts,
            SESSION_TIMEOUT_MS,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) connected.countDown();
              watcher.process(event);
            });
    if (!connected.await(START_TIMEOUT_MS, TimeUnit.MILLISECONDS)) throw new IllegalStateException("no session");
    return zk;
  }

  private static final class Writer extends Thread {
    final CountDownLatch first = new CountDownLatch(1);
    final List<String> acknowledged = new ArrayList<>();
    final List<Long> times = new ArrayList<>();
    final ZooKeeper zk;
    final String folder;
    final String ephemeral;
    /** It never has another one: such a client is of no more use. */
    volatile boolean isSessionLost;

    Writer(String hosts, String root, int number) throws Exception {
      setDaemon(true);
      folder = root + "/w" + number;
      ephemeral = root + "/alive-" + number;
      zk = connect(hosts, this::note);
      for (String path : List.of(root, folder)) {
        try {
          zk.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException exception) {
          // Another writer was first.
        }
      }
      zk.create(ephemeral, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    }

    private void note(WatchedEvent event) {
      if (event.getState() == KeeperState.Expired) isSessionLost = true;
    }

    void settle() throws KeeperException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MS);
      while (true) {
        try {
          zk.exists(folder, false);
          return;
        } catch (KeeperException.SessionExpiredException exception) {
          isSessionLost = true;
          return;
        } catch (KeeperException.ConnectionLossException exception) {
          if (System.nanoTime() > end) throw exception;
          Thread.sleep(RETRY_MS);
        }
      }
    }

    @Override
    public void run() {
      for (int number = 1; !stopping; number++) {
        String name = String.format("n%07d", number);
        try {
          zk.create(folder + "/" + name, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
          acknowledged.add(name);
          times.add(System.nanoTime());
          first.countDown();
        } catch (KeeperException exception) {
          // Whether it was done nobody knows, and the next write has another name.
          if (exception.code() == Code.NODEEXISTS || exception.code() == Code.NONODE)
            wrong.add("create " + folder + "/" + name + ": " + exception.getMessage());
        } catch (InterruptedException exception) {
          return;
        }
        try {
          Thread.sleep(PAUSE_MS);
        } catch (InterruptedException exception) {
          return;
        }
      }
    }
  }
}
