import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.Schema;

/** Reads a topic from its earliest message on; prints how many of the acknowledged numbers are not in it. */
public final class ReadBack {
  private static final int PATIENCE_SECONDS = 30;

  private ReadBack() {}

  /** Arguments: the brokers, the topic, the file of the acknowledged numbers. */
  public static void main(String[] args) throws Exception {
    BitSet missing = AcknowledgedNumbers.readFrom(Path.of(args[2]));
    try (PulsarClient client = PulsarClient.builder().serviceUrl(args[0]).build();
        Reader<Integer> reader = client.newReader(Schema.INT32).topic(args[1]).startMessageId(MessageId.earliest).create()) {
      while (reader.hasMessageAvailable()) {
        Message<Integer> message = reader.readNext(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) throw new IllegalStateException("there are messages, and none came in " + PATIENCE_SECONDS + " s");
        missing.clear(message.getValue());
      }
    }
    System.out.println("missing " + missing.cardinality());
    System.exit(0);
  }
}
