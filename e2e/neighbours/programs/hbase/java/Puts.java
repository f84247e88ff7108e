import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Table;

/** Puts rows 0, 1, 2, … one after the other, each until it is acknowledged: one region that nobody serves stops them all, and is seen as a gap. */
public final class Puts {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long TOLD_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  public static void main(String[] arguments) throws Exception {
    Thread end = new Thread(Puts::awaitEndOfInput);
    end.setDaemon(true);
    end.start();
    try (Connection connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
        Table table = connection.getTable(Rows.TABLE)) {
      System.out.println("ready");
      int acknowledged = 0;
      long longestGap = 0;
      long last = System.nanoTime();
      long told = last;
      while (end.isAlive()) {
        if (!isPut(table, acknowledged)) continue;
        acknowledged++;
        long now = System.nanoTime();
        longestGap = Math.max(longestGap, now - last);
        if (now - told >= TOLD_EVERY_NANOS) {
          System.out.println("acknowledged " + acknowledged);
          told = now;
        }
        TimeUnit.NANOSECONDS.sleep(EVERY_NANOS - (now - last));
        last = now;
      }
      longestGap = Math.max(longestGap, System.nanoTime() - last);
      System.out.println("acknowledged " + acknowledged);
      System.out.printf(
          "end {\"acknowledged\": %d, \"longestGapMs\": %d}%n",
          acknowledged, TimeUnit.NANOSECONDS.toMillis(longestGap));
    }
  }

  private static boolean isPut(Table table, int number) {
    try {
      table.put(Rows.put(number));
      return true;
    } catch (IOException failure) {
      System.out.println("again after " + failure);
      return false;
    }
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException broken) {
      System.out.println("the input broke: " + broken);
    }
  }
}
