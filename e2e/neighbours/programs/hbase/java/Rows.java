import java.io.IOException;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.util.Bytes;

/** The table that is loaded, and its row of each number: they go round its regions. */
final class Rows {
  static final TableName TABLE = TableName.valueOf("load");
  static final byte[] FAMILY = Bytes.toBytes("f");
  static final byte[] COLUMN = Bytes.toBytes("c");
  static final byte[][] SPLITS = {Bytes.toBytes("4"), Bytes.toBytes("8"), Bytes.toBytes("c")};

  private Rows() {}

  static byte[] key(int number) {
    return Bytes.toBytes(String.format("%x%09d", number % 16, number));
  }

  static int numberOf(byte[] key) {
    return Integer.parseInt(Bytes.toString(key).substring(1));
  }

  static byte[] value(int number) {
    return Bytes.toBytes("value " + number);
  }

  static Put put(int number) throws IOException {
    return new Put(key(number)).addColumn(FAMILY, COLUMN, value(number));
  }
}
