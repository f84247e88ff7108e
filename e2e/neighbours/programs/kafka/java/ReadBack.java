import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/** Consumes all that Load has written and looks for what it was acknowledged: ReadBack BOOTSTRAP TOPIC FILE prints `lost N`. */
public final class ReadBack {
  private static final long MOST_MS = 60_000;

  public static void main(String[] arguments) throws Exception {
    String topic = arguments[1];
    BitSet found = new BitSet();
    Map<Integer, Long> latest = new HashMap<>();
    Map<String, Object> settings = Map.of("bootstrap.servers", arguments[0], "auto.offset.reset", "none");
    try (KafkaConsumer<Long, Long> consumer = new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(of -> new TopicPartition(topic, of.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MS);
      while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        if (System.nanoTime() > deadline) throw new IllegalStateException("not all was consumed in " + MOST_MS + " ms");
        for (ConsumerRecord<Long, Long> record : consumer.poll(Duration.ofMillis(200))) {
          Long before = latest.put(record.partition(), record.value());
          // The producer is idempotent: nothing twice, nothing out of turn.
          if (before != null && before >= record.value())
            throw new IllegalStateException(record.value() + " follows " + before + " in partition " + record.partition());
          if (record.value() >= 0) found.set(record.value().intValue());
        }
      }
    }
    long lost =
        Files.readAllLines(Path.of(arguments[2])).stream().filter(number -> !found.get(Integer.parseInt(number))).count();
    System.out.println("lost " + lost);
  }
}
