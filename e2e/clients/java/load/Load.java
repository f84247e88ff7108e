import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** Load of Apache ZooKeeper's own client over one connection. What it is told and prints: ceilings/run.ts. */
public final class Load {
  private static final String PATH = System.getenv("PATH_OF_NODE");
  private static final boolean SETS = "set".equals(System.getenv("WORK"));
  private static final byte[] VALUE = new byte[number("BYTES")];
  private static final AtomicLong operations = new AtomicLong();
  private static final AtomicInteger lanes = new AtomicInteger(number("DEPTH"));
  private static final CountDownLatch over = new CountDownLatch(1);
  private static ZooKeeper zk;
  private static long endsAt;

  private static int number(String name) {
    return Integer.parseInt(System.getenv(name));
  }

  public static void main(String[] args) throws Exception {
    Arrays.fill(VALUE, (byte) 'v');
    CountDownLatch connected = new CountDownLatch(1);
    zk = new ZooKeeper(System.getenv("HOSTS"), 10_000, event -> {
      if (event.getState() == KeeperState.SyncConnected) connected.countDown();
    });
    connected.await();
    long began = System.nanoTime();
    endsAt = began + number("SECONDS") * 1_000_000_000L;
    for (int i = number("DEPTH"); i > 0; i--) ask();
    over.await();
    System.out.println("done " + operations.get() + " " + (System.nanoTime() - began) / 1e9);
    while (System.in.read() >= 0) {}
    zk.close();
    System.exit(0);
  }

  private static void ask() {
    if (SETS) zk.setData(PATH, VALUE, -1, (code, path, context, stat) -> answered(code), null);
    else zk.getData(PATH, false, (code, path, context, data, stat) -> answered(code), null);
  }

  private static void answered(int code) {
    if (code != 0) throw new IllegalStateException("error " + code);
    operations.incrementAndGet();
    if (System.nanoTime() < endsAt) ask();
    else if (lanes.decrementAndGet() == 0) over.countDown();
  }
}
