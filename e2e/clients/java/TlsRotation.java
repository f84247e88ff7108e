import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ClientCnxnSocketNetty;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;

/** Java's own client over TLS, with a client certificate, for as long as the scenario wants. What it prints and is told: tls-rotation/rotating-client.ts. */
public final class TlsRotation {
  private static final String HOSTS = System.getenv("HOSTS");
  private static final String NAME = System.getenv("NAME");
  private static final String ROOT = "/tls-rotation/";
  private static final int SESSION_TIMEOUT_MS = 15_000;
  private static final long START_TIMEOUT_MS = 30_000;
  private static final long PAUSE_MS = 10;
  private static final long TELL_EVERY_MS = 100;

  private static final AtomicInteger connectionsLost = new AtomicInteger();
  private static final AtomicInteger sessionsLost = new AtomicInteger();
  private static final AtomicBoolean stepChanged = new AtomicBoolean(true);
  private static volatile boolean ended;

  private static long writes;
  private static long reads;
  private static long longestGapMs;

  public static void main(String[] arguments) throws Exception {
    ZooKeeper zk = connect(System.getenv("CERTIFICATES"), START_TIMEOUT_MS, TlsRotation::count);
    if (zk == null) throw new IllegalStateException("no session");
    zk.create(ROOT + NAME, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    zk.create(ROOT + NAME + "-writes", bytes("0"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    Thread obeying = new Thread(TlsRotation::obey);
    obeying.setDaemon(true);
    obeying.start();
    seeStep(zk);
    System.out.println("ready");
    long acknowledged = System.nanoTime();
    long told = acknowledged;
    while (!ended) {
      seeStep(zk);
      String value = Long.toString(writes + 1);
      zk.setData(ROOT + NAME + "-writes", bytes(value), -1);
      long now = System.nanoTime();
      longestGapMs = Math.max(longestGapMs, TimeUnit.NANOSECONDS.toMillis(now - acknowledged));
      acknowledged = now;
      writes++;
      String read = text(zk.getData(ROOT + NAME + "-writes", false, null));
      if (!read.equals(value)) throw new IllegalStateException("wrote " + value + " and read " + read);
      reads++;
      if (TimeUnit.NANOSECONDS.toMillis(now - told) >= TELL_EVERY_MS) {
        told = now;
        tellProgress();
      }
      Thread.sleep(PAUSE_MS);
    }
    tellProgress();
    zk.close();
  }

  /** Returns null where there is no session in time. */
  private static ZooKeeper connect(String folder, long timeoutMs, Watcher watcher) throws Exception {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
    config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, ClientCnxnSocketNetty.class.getName());
    try (ClientX509Util names = new ClientX509Util()) {
      config.setProperty(names.getSslKeystoreLocationProperty(), folder + "/tls.pem");
      config.setProperty(names.getSslTruststoreLocationProperty(), folder + "/ca.pem");
    }
    CountDownLatch connected = new CountDownLatch(1);
    Watcher both = event -> {
      if (event.getState() == Watcher.Event.KeeperState.SyncConnected) connected.countDown();
      watcher.process(event);
    };
    ZooKeeper zk = new ZooKeeper(HOSTS, SESSION_TIMEOUT_MS, both, config);
    if (connected.await(timeoutMs, TimeUnit.MILLISECONDS)) return zk;
    zk.close();
    return null;
  }

  private static void count(WatchedEvent event) {
    if (event.getType() != EventType.None || ended) return;
    switch (event.getState()) {
      case Disconnected -> {
        connectionsLost.incrementAndGet();
        System.out.println("lost the connection");
      }
      case Expired -> {
        sessionsLost.incrementAndGet();
        System.out.println("lost the session");
      }
      default -> {}
    }
  }

  private static void seeStep(ZooKeeper zk) throws Exception {
    if (!stepChanged.compareAndSet(true, false)) return;
    Watcher watcher = event -> {
      if (event.getType() == EventType.NodeDataChanged) stepChanged.set(true);
    };
    System.out.println("step " + text(zk.getData(ROOT + "step", watcher, null)));
  }

  private static void tellProgress() {
    String format = "progress {\"writes\":%d,\"reads\":%d,\"connectionsLost\":%d,\"sessionsLost\":%d,\"longestGapMs\":%d}";
    System.out.println(String.format(format, writes, reads, connectionsLost.get(), sessionsLost.get(), longestGapMs));
  }

  private static void obey() {
    try {
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 4);
        System.out.println("verdict " + words[1] + " " + verdict(words[3], Long.parseLong(words[2])));
      }
      ended = true;
    } catch (Exception error) {
      error.printStackTrace();
      System.exit(1);
    }
  }

  private static String verdict(String folder, long timeoutMs) throws Exception {
    ZooKeeper zk = connect(folder, timeoutMs, event -> {});
    if (zk == null) return "refused";
    try {
      String path = zk.create(ROOT + NAME + "-new", bytes("new"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      return text(zk.getData(path, false, null)).equals("new") ? "connected" : "read something else";
    } finally {
      zk.close();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
