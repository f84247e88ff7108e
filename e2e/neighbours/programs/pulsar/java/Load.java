import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;

/** Publishes the numbers from 0 on, one a message, until standard input ends. What it prints: load.ts. */
public final class Load {
  private static final long PAUSE_MS = 5;
  private static final long TELL_EVERY_MS = 100;
  private static final int MOST_UNDER_WAY = 200;
  private static final long LAST_ONES_SECONDS = 60;

  private Load() {}

  /** Arguments: the brokers, the topic, the file that gets the acknowledged numbers. */
  public static void main(String[] args) throws Exception {
    Acknowledgements acknowledgements = new Acknowledgements();
    Semaphore free = new Semaphore(MOST_UNDER_WAY);
    try (PulsarClient client = PulsarClient.builder().serviceUrl(args[0]).ioThreads(1).listenerThreads(1).build();
        // A message is tried until it is acknowledged: without a limit of time.
        Producer<Integer> producer = client.newProducer(Schema.INT32).topic(args[1]).sendTimeout(0, TimeUnit.SECONDS).create()) {
      CountDownLatch inputEnded = new CountDownLatch(1);
      Thread reader = new Thread(() -> readToTheEnd(inputEnded), "input");
      reader.setDaemon(true);
      reader.start();
      System.out.println("ready");
      long toldNanos = System.nanoTime();
      int told = 0;
      for (int next = 0; !inputEnded.await(PAUSE_MS, TimeUnit.MILLISECONDS); ) {
        if (free.tryAcquire()) {
          int number = next++;
          producer.sendAsync(number).whenComplete((id, error) -> {
            free.release();
            if (error == null) acknowledgements.add(number);
            else System.err.println(number + ": " + error);
          });
        }
        if (System.nanoTime() - toldNanos < TELL_EVERY_MS * 1_000_000) continue;
        toldNanos = System.nanoTime();
        int count = acknowledgements.count();
        if (count != told) System.out.println("acknowledged " + count);
        told = count;
      }
      if (!free.tryAcquire(MOST_UNDER_WAY, LAST_ONES_SECONDS, TimeUnit.SECONDS))
        System.err.println("the last ones were not acknowledged in " + LAST_ONES_SECONDS + " s");
      acknowledgements.writeTo(Path.of(args[2]));
      System.out.println("end " + acknowledgements.end());
    }
    System.exit(0);
  }

  private static void readToTheEnd(CountDownLatch inputEnded) {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException error) {
      System.err.println("standard input: " + error);
    }
    inputEnded.countDown();
  }
}
