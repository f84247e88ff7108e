import java.util.BitSet;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;

/** Prints how many of the rows 0 to below the given number are not there, or hold something else. */
public final class Missing {
  public static void main(String[] arguments) throws Exception {
    int acknowledged = Integer.parseInt(arguments[0]);
    BitSet there = new BitSet(acknowledged);
    try (Connection connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
        Table table = connection.getTable(Rows.TABLE);
        ResultScanner rows = table.getScanner(new Scan().setCaching(1_000))) {
      for (Result row : rows) {
        int number = Rows.numberOf(row.getRow());
        byte[] value = row.getValue(Rows.FAMILY, Rows.COLUMN);
        if (number < acknowledged && Bytes.equals(value, Rows.value(number))) there.set(number);
      }
    }
    System.out.println("missing " + (acknowledged - there.cardinality()));
  }
}
