import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringSerializer;

/** A user of SCRAM, at the listener that asks who one is. */
final class Principal {
  static final String PASSWORD = "a-password-of-the-course";

  private final Map<String, Object> settings;

  Principal(String bootstrap, String name) {
    settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + name + "\" password=\"" + PASSWORD + "\";");
    settings.put("max.block.ms", 5_000);
    settings.put("delivery.timeout.ms", 5_000);
    settings.put("request.timeout.ms", 3_000);
  }

  /** What came of a record for the partition: `written`, `unknown` (the user), `refused` (the topic). */
  String write(String topic, int partition) throws Exception {
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, partition, null, "a record")).get();
      return "written";
    } catch (ExecutionException exception) {
      if (exception.getCause() instanceof SaslAuthenticationException) return "unknown";
      if (exception.getCause() instanceof TopicAuthorizationException) return "refused";
      throw exception;
    }
  }
}
