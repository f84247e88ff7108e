import java.io.IOException;
import load.Acknowledgements;
import load.EndOfInput;
import load.Pace;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Table;

/** Puts rows 0, 1, 2, … one after the other, each until it is acknowledged: one region that nobody serves stops them all, and is seen as a gap. */
public final class Puts {
  private static final long A_SECOND = 200;

  public static void main(String[] arguments) throws Exception {
    try (Connection connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
        Table table = connection.getTable(Rows.TABLE)) {
      EndOfInput end = new EndOfInput();
      Acknowledgements acknowledgements = new Acknowledgements();
      acknowledgements.begin();
      Pace pace = new Pace(A_SECOND);
      for (int number = 0; !end.isReached(); ) {
        if (!isPut(table, number)) continue;
        number++;
        acknowledgements.add();
        pace.await();
      }
      acknowledgements.end();
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
}
