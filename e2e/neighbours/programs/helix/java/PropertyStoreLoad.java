import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.helix.AccessOption;
import org.apache.helix.HelixManager;
import org.apache.helix.HelixManagerFactory;
import org.apache.helix.InstanceType;
import org.apache.helix.store.HelixPropertyStore;
import org.apache.helix.zookeeper.datamodel.ZNRecord;

/**
 * `PropertyStoreLoad <connect> <cluster> <account>`: a spectator of the cluster that writes into its property store, a new record and one more on a counter
 * in turn. What was acknowledged is written into the file `account`: `record <n>` and `counter <n> <its count>`.
 */
public class PropertyStoreLoad {
  static final int COUNTERS = 10;
  private static final int RECORDS_OF_A_FOLDER = 200;
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 150;
  private static final long TOLD_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final HelixPropertyStore<ZNRecord> store;
  private final PrintWriter account;
  private final long[] counts = new long[COUNTERS];
  private long acknowledged;
  private long longestGapNs;
  private long latestNs = System.nanoTime();
  private long toldNs;

  private PropertyStoreLoad(HelixPropertyStore<ZNRecord> store, PrintWriter account) {
    this.store = store;
    this.account = account;
  }

  static String recordPath(long number) {
    return "/records/" + number / RECORDS_OF_A_FOLDER + "/" + number;
  }

  static String counterPath(int counter) {
    return "/counters/" + counter;
  }

  public static void main(String[] args) throws Exception {
    HelixManager manager =
        HelixManagerFactory.getZKHelixManager(args[1], "load", InstanceType.SPECTATOR, args[0]);
    manager.connect();
    AtomicBoolean ended = new AtomicBoolean();
    Thread input = new Thread(() -> awaitEndOfInput(ended));
    input.setDaemon(true);
    input.start();
    try (PrintWriter account = new PrintWriter(Path.of(args[2]).toFile())) {
      new PropertyStoreLoad(manager.getHelixPropertyStore(), account).run(ended);
    }
    manager.disconnect();
    // Helix leaves threads behind that are no daemons.
    System.exit(0);
  }

  private static void awaitEndOfInput(AtomicBoolean ended) {
    try {
      while (System.in.read() != -1) continue;
    } catch (IOException ignored) {
      // Closed is the same as ended.
    }
    ended.set(true);
  }

  private void run(AtomicBoolean ended) throws InterruptedException {
    System.out.println("ready");
    long number = 0;
    long nextNs = System.nanoTime();
    while (!ended.get()) {
      boolean done = false;
      try {
        done = number % 2 == 0 ? createRecord(number) : count((int) (number / 2 % COUNTERS));
      } catch (RuntimeException failure) {
        System.out.println("failed " + number + ": " + failure);
      }
      if (done) acknowledge();
      number++;
      nextNs = Math.max(nextNs + INTERVAL_NS, System.nanoTime() - INTERVAL_NS);
      TimeUnit.NANOSECONDS.sleep(nextNs - System.nanoTime());
    }
    longestGapNs = Math.max(longestGapNs, System.nanoTime() - latestNs);
    for (int counter = 0; counter < COUNTERS; counter++)
      account.println("counter " + counter + " " + counts[counter]);
    System.out.println("acknowledged " + acknowledged);
    System.out.printf(
        "end {\"acknowledged\": %d, \"longestGapMs\": %d}%n",
        acknowledged, TimeUnit.NANOSECONDS.toMillis(longestGapNs));
  }

  /** Not counted where it says false: a create that was sent again after a lost connection finds its own node. */
  private boolean createRecord(long number) {
    ZNRecord record = new ZNRecord(Long.toString(number));
    record.setSimpleField("number", Long.toString(number));
    if (!store.create(recordPath(number), record, AccessOption.PERSISTENT)) return false;
    account.println("record " + number);
    return true;
  }

  /** By compare and set, which Helix tries again where somebody else, or its own lost attempt, was first. */
  private boolean count(int counter) {
    boolean done =
        store.update(
            counterPath(counter),
            current -> {
              ZNRecord record = current == null ? new ZNRecord(Integer.toString(counter)) : current;
              record.setLongField("count", record.getLongField("count", 0) + 1);
              return record;
            },
            AccessOption.PERSISTENT);
    if (done) counts[counter]++;
    return done;
  }

  private void acknowledge() {
    long nowNs = System.nanoTime();
    longestGapNs = Math.max(longestGapNs, nowNs - latestNs);
    latestNs = nowNs;
    acknowledged++;
    if (nowNs - toldNs < TOLD_EVERY_NS) return;
    toldNs = nowNs;
    System.out.println("acknowledged " + acknowledged);
  }
}
