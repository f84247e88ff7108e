import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import load.Acknowledgements;
import load.EndOfInput;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;

/** Publishes the numbers from 0 on, one a message, until standard input ends. What it prints: load.ts. */
public final class Load {
  private static final long PAUSE_MS = 5;
  private static final int MOST_UNDER_WAY = 200;
  private static final long LAST_ONES_SECONDS = 60;

  private Load() {}

  /** Arguments: the brokers, the topic, the file that gets the acknowledged numbers. */
  public static void main(String[] args) throws Exception {
    AcknowledgedNumbers numbers = new AcknowledgedNumbers();
    Acknowledgements acknowledgements = new Acknowledgements();
    Semaphore free = new Semaphore(MOST_UNDER_WAY);
    try (PulsarClient client = PulsarClient.builder().serviceUrl(args[0]).ioThreads(1).listenerThreads(1).build();
        // A message is tried until it is acknowledged: without a limit of time.
        Producer<Integer> producer = client.newProducer(Schema.INT32).topic(args[1]).sendTimeout(0, TimeUnit.SECONDS).create()) {
      EndOfInput end = new EndOfInput();
      acknowledgements.begin();
      for (int next = 0; !end.comesIn(PAUSE_MS); ) {
        if (!free.tryAcquire()) continue;
        int number = next++;
        producer.sendAsync(number).whenComplete((id, error) -> {
          if (error == null) {
            numbers.add(number);
            acknowledgements.add();
          } else System.err.println(number + ": " + error);
          free.release();
        });
      }
      if (!free.tryAcquire(MOST_UNDER_WAY, LAST_ONES_SECONDS, TimeUnit.SECONDS))
        System.err.println("the last ones were not acknowledged in " + LAST_ONES_SECONDS + " s");
      numbers.writeTo(Path.of(args[2]));
      acknowledgements.end();
    }
    System.exit(0);
  }
}
