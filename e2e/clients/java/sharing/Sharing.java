import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.RetryForever;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;

/**
 * Curator's recipes, as told on standard input: one command a line, `<number> <what> <path> [<value>]` with tabs between, each answered by
 * `<number> <result>` when it is done. Commands run side by side: what waits holds up nobody.
 */
public final class Sharing {
  private interface Command {
    Object run(String path, String value) throws Exception;
  }

  private static final Map<String, CountDownLatch> releases = new ConcurrentHashMap<>();
  private static final Map<String, CountDownLatch> released = new ConcurrentHashMap<>();
  private static final Map<String, Object> held = new ConcurrentHashMap<>();
  private static CuratorFramework zk;
  private static ServiceDiscovery<Void> discovery;

  private static final Map<String, Command> commands = Map.ofEntries(
      Map.entry("lock", (path, value) -> hold(path, new InterProcessMutex(zk, path))),
      Map.entry("read", (path, value) -> hold(path, new InterProcessReadWriteLock(zk, path).readLock())),
      Map.entry("write", (path, value) -> hold(path, new InterProcessReadWriteLock(zk, path).writeLock())),
      Map.entry("release", (path, value) -> release(path)),
      Map.entry("lease", (path, value) -> lease(path)),
      Map.entry("give back", (path, value) -> giveBack(path)),
      Map.entry("lead", (path, value) -> lead(path)),
      Map.entry("latch", (path, value) -> latch(path)),
      Map.entry("leave latch", (path, value) -> leaveLatch(path)),
      Map.entry("pass", (path, value) -> new DistributedBarrier(zk, path).waitOnBarrier(30, TimeUnit.SECONDS)),
      Map.entry("enter", (path, value) -> enter(path)),
      Map.entry("leave", (path, value) -> ((DistributedDoubleBarrier) held.get(path)).leave(30, TimeUnit.SECONDS)),
      Map.entry("count", (path, value) -> count(path, Integer.parseInt(value))),
      Map.entry("find", (path, value) -> find(value)),
      Map.entry("register", (path, value) -> register(value)));

  public static void main(String[] args) throws Exception {
    zk = CuratorFrameworkFactory.newClient(System.getenv("HOSTS"), new RetryForever(100));
    zk.start();
    zk.blockUntilConnected();
    discovery = ServiceDiscoveryBuilder.builder(Void.class).client(zk).basePath("/discovery").build();
    discovery.start();
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = (line + "\t").split("\t", -1);
      Thread thread = new Thread(() -> answer(parts));
      thread.setDaemon(true);
      thread.start();
    }
    System.exit(0);
  }

  private static void answer(String[] parts) {
    Object result;
    try {
      result = commands.get(parts[1]).run(parts[2], parts[3]);
    } catch (Exception error) {
      result = "failed: " + error;
    }
    System.out.println(parts[0] + " " + result);
  }

  /** Curator's locks are of the thread that has them, so that this one has to give it back. */
  private static String hold(String path, InterProcessLock lock) throws Exception {
    lock.acquire();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch isReleased = new CountDownLatch(1);
    released.put(path, isReleased);
    releases.put(path, release);
    Thread own = Thread.currentThread();
    // The command is answered, and its thread goes on.
    System.out.println("held " + path);
    release.await();
    lock.release();
    isReleased.countDown();
    return "released by " + own.getName();
  }

  private static String release(String path) throws Exception {
    releases.get(path).countDown();
    released.get(path).await();
    return "released";
  }

  private static String lease(String path) throws Exception {
    held.put(path, new InterProcessSemaphoreV2(zk, path, 1).acquire());
    return "leased";
  }

  private static String giveBack(String path) throws Exception {
    ((Lease) held.remove(path)).close();
    return "given back";
  }

  private static String lead(String path) throws Exception {
    CountDownLatch elected = new CountDownLatch(1);
    CountDownLatch resign = new CountDownLatch(1);
    CountDownLatch resigned = new CountDownLatch(1);
    LeaderSelector selector = new LeaderSelector(zk, path, new LeaderSelectorListenerAdapter() {
      @Override
      public void takeLeadership(CuratorFramework client) throws Exception {
        elected.countDown();
        resign.await();
        resigned.countDown();
      }
    });
    releases.put(path, resign);
    released.put(path, resigned);
    selector.start();
    elected.await();
    return "leads";
  }

  private static String latch(String path) throws Exception {
    LeaderLatch latch = new LeaderLatch(zk, path, "curator");
    held.put(path, latch);
    latch.start();
    latch.await();
    return "leads";
  }

  private static String leaveLatch(String path) throws Exception {
    ((LeaderLatch) held.remove(path)).close();
    return "left";
  }

  private static boolean enter(String path) throws Exception {
    DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(zk, path, 2);
    held.put(path, barrier);
    return barrier.enter(30, TimeUnit.SECONDS);
  }

  private static int count(String path, int amount) throws Exception {
    try (SharedCount count = new SharedCount(zk, path, 0)) {
      count.start();
      int sum = count.getCount() + amount;
      count.setCount(sum);
      return sum;
    }
  }

  private static String find(String name) throws Exception {
    return discovery.queryForInstances(name).stream()
        .map(instance -> instance.getId() + "@" + instance.getAddress() + ":" + instance.getPort())
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static String register(String name) throws Exception {
    discovery.registerService(ServiceInstance.<Void>builder().name(name).id("curators").address("10.0.0.9").port(90).build());
    return "registered";
  }
}
