import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.helix.AccessOption;
import org.apache.helix.store.HelixPropertyStore;
import org.apache.helix.zookeeper.datamodel.ZNRecord;

/** Compares what the load was acknowledged with what the property store has. */
class Account {
  private static final int RECORDS_AT_A_TIME = 500;

  private final HelixPropertyStore<ZNRecord> store;

  Account(HelixPropertyStore<ZNRecord> store) {
    this.store = store;
  }

  long lost(String account) throws IOException {
    long lost = 0;
    List<Long> records = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(account))) {
      String[] words = line.split(" ");
      if (words[0].equals("record")) records.add(Long.parseLong(words[1]));
      else lost += lostOfCounter(Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }
    for (int from = 0; from < records.size(); from += RECORDS_AT_A_TIME)
      lost += lostOf(records.subList(from, Math.min(records.size(), from + RECORDS_AT_A_TIME)));
    return lost;
  }

  private long lostOf(List<Long> numbers) {
    List<String> paths = numbers.stream().map(PropertyStoreLoad::recordPath).toList();
    List<ZNRecord> found = store.get(paths, null, AccessOption.PERSISTENT);
    long lost = 0;
    for (int at = 0; at < numbers.size(); at++) {
      ZNRecord record = found.get(at);
      if (record == null || record.getLongField("number", -1) != numbers.get(at)) lost++;
    }
    return lost;
  }

  /** It may count one that was applied, but not acknowledged. */
  private long lostOfCounter(int counter, long acknowledged) {
    ZNRecord record = store.get(PropertyStoreLoad.counterPath(counter), null, AccessOption.PERSISTENT);
    long counted = record == null ? 0 : record.getLongField("count", 0);
    return Math.max(0, acknowledged - counted);
  }
}
