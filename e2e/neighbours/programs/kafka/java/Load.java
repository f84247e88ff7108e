import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import load.EndOfInput;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;

/** Numbers as records, until standard input ends: Load BOOTSTRAP TOPIC FILE. The acknowledged ones are in the file then, one a line. */
public final class Load {
  private static final int PARTITIONS = 6;
  private static final short REPLICAS = 3;
  private static final long PAUSE_MS = 5;
  private static final long TELL_EVERY_MS = 100;

  private static final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger count = new AtomicInteger();
  private static final AtomicInteger failed = new AtomicInteger();
  /** When a record of it was acknowledged last, and how long it took at most until the next one, by partition. */
  private static final AtomicLongArray last = new AtomicLongArray(PARTITIONS);
  private static final AtomicLongArray longest = new AtomicLongArray(PARTITIONS);

  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0];
    String topic = arguments[1];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, REPLICAS))).all().get();
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrap,
            "acks", "all",
            "enable.idempotence", true,
            // A leader that was killed is replaced long before.
            "delivery.timeout.ms", 90_000,
            "max.block.ms", 90_000,
            "linger.ms", 0);
    try (KafkaProducer<Long, Long> producer = new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        producer.send(record(topic, partition, -1)).get();
        last.set(partition, System.nanoTime());
      }
      EndOfInput end = new EndOfInput();
      System.out.println("ready");
      send(producer, topic, end);
    }
    for (int partition = 0; partition < PARTITIONS; partition++) note(partition);
    Files.write(Path.of(arguments[2]), (Iterable<String>) acknowledged.stream().map(String::valueOf)::iterator);
    long longestNs = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) longestNs = Math.max(longestNs, longest.get(partition));
    System.out.printf(
        "end {\"acknowledged\":%d,\"failed\":%d,\"longestGapMs\":%d}%n",
        count.get(), failed.get(), TimeUnit.NANOSECONDS.toMillis(longestNs));
  }

  private static void send(KafkaProducer<Long, Long> producer, String topic, EndOfInput end)
      throws InterruptedException {
    PrintStream told = System.out;
    long tellAt = System.nanoTime();
    for (long number = 0; !end.isReached(); number++) {
      long sent = number;
      int partition = (int) (number % PARTITIONS);
      producer.send(record(topic, partition, number), (metadata, exception) -> {
        if (exception != null) {
          failed.incrementAndGet();
          told.println("failed " + sent + ": " + exception);
          return;
        }
        acknowledged.add(sent);
        count.incrementAndGet();
        note(partition);
      });
      if (System.nanoTime() >= tellAt) {
        told.println("acknowledged " + count.get());
        tellAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TELL_EVERY_MS);
      }
      Thread.sleep(PAUSE_MS);
    }
    producer.flush();
  }

  private static ProducerRecord<Long, Long> record(String topic, int partition, long number) {
    return new ProducerRecord<>(topic, partition, null, number);
  }

  private static void note(int partition) {
    long now = System.nanoTime();
    long gap = now - last.getAndSet(partition, now);
    longest.accumulateAndGet(partition, gap, Math::max);
  }
}
