import java.io.PrintWriter;
import java.nio.file.Path;
import load.Acknowledgements;
import load.EndOfInput;
import load.Pace;
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
  private static final long WRITES_A_SECOND = 150;

  private final HelixPropertyStore<ZNRecord> store;
  private final PrintWriter account;
  private final long[] counts = new long[COUNTERS];
  private final Acknowledgements acknowledgements = new Acknowledgements();

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
    try (PrintWriter account = new PrintWriter(Path.of(args[2]).toFile())) {
      new PropertyStoreLoad(manager.getHelixPropertyStore(), account).run();
    }
    manager.disconnect();
    // Helix leaves threads behind that are no daemons.
    System.exit(0);
  }

  private void run() throws InterruptedException {
    EndOfInput end = new EndOfInput();
    acknowledgements.begin();
    Pace pace = new Pace(WRITES_A_SECOND);
    for (long number = 0; !end.isReached(); number++) {
      try {
        if (number % 2 == 0 ? createRecord(number) : count((int) (number / 2 % COUNTERS))) acknowledgements.add();
      } catch (RuntimeException failure) {
        System.out.println("failed " + number + ": " + failure);
      }
      pace.await();
    }
    for (int counter = 0; counter < COUNTERS; counter++)
      account.println("counter " + counter + " " + counts[counter]);
    acknowledgements.end();
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
}
