import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.admin.PulsarAdmin;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.common.policies.data.RetentionPolicies;

/** What an administrator does, in one go a command: `prepare`, `exercise`, `leader`, `served`. Ends with 0 where all of it was so. */
public final class Administration {
  private static final int BUNDLES = 4;
  private static final int PARTITIONS = 4;
  private static final long PATIENCE_MS = 60_000;
  private static final long LOOK_MS = 200;
  private static final int HTTP_TIMEOUT_SECONDS = 60;

  private Administration() {}

  /** Arguments: the brokers' HTTP ports as a list of host:port, their list as Pulsar's, the command, and what the command takes. */
  public static void main(String[] args) throws Exception {
    List<String> brokers = List.of(args[0].split(","));
    try (PulsarAdmin admin = admin(args[0])) {
      switch (args[2]) {
        case "prepare" -> prepare(admin, args[3], args[4]);
        case "exercise" -> exercise(brokers, args[1], args[3]);
        case "leader" -> System.out.println("leader " + admin.brokers().getLeaderBroker().getBrokerId());
        case "served" -> served(admin(args[3]), args[3], args[4]);
        case "active" -> active(admin, Integer.parseInt(args[3]));
        default -> throw new IllegalArgumentException(args[2]);
      }
    }
    System.exit(0);
  }

  /** A namespace that keeps all messages, with a topic of several partitions. */
  private static void prepare(PulsarAdmin admin, String namespace, String topic) throws Exception {
    admin.namespaces().createNamespace(namespace, BUNDLES);
    admin.namespaces().setRetention(namespace, new RetentionPolicies(-1, -1));
    admin.topics().createPartitionedTopic(topic, PARTITIONS);
  }

  /** Makes, alters and deletes a namespace and a topic at one broker, and looks at it by the others. */
  private static void exercise(List<String> brokers, String serviceUrl, String namespace) throws Exception {
    String topic = "persistent://" + namespace + "/numbers";
    try (PulsarAdmin one = admin(brokers.get(0)); PulsarAdmin other = admin(brokers.get(1))) {
      one.namespaces().createNamespace(namespace, BUNDLES);
      until("the other broker knows the namespace", () -> other.namespaces().getNamespaces("public").contains(namespace));
      one.topics().createPartitionedTopic(topic, PARTITIONS);
      until("the other broker knows the partitions", () -> other.topics().getPartitionedTopicMetadata(topic).partitions == PARTITIONS);
      passMessages(serviceUrl, topic);
      other.namespaces().setRetention(namespace, new RetentionPolicies(7, 7));
      until("the first broker knows the retention", () -> {
        RetentionPolicies retention = one.namespaces().getRetention(namespace);
        return retention != null && retention.getRetentionTimeInMinutes() == 7;
      });
      other.topics().updatePartitionedTopic(topic, PARTITIONS + 1);
      until("the first broker knows the new partition", () -> one.topics().getPartitionedTopicMetadata(topic).partitions == PARTITIONS + 1);
      one.namespaces().unload(namespace);
      passMessages(serviceUrl, topic);
      one.topics().deletePartitionedTopic(topic, true);
      until("the other broker forgets the topic", () -> !other.topics().getPartitionedTopicList(namespace).contains(topic));
      other.namespaces().deleteNamespace(namespace);
      until("the first broker forgets the namespace", () -> !one.namespaces().getNamespaces("public").contains(namespace));
    }
  }

  /** A message for each partition goes through. */
  private static void passMessages(String serviceUrl, String topic) throws Exception {
    try (PulsarClient client = PulsarClient.builder().serviceUrl(serviceUrl).build();
        Consumer<Integer> consumer = client.newConsumer(Schema.INT32).topic(topic).subscriptionName("exercise")
            .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest).subscribe();
        Producer<Integer> producer = client.newProducer(Schema.INT32).topic(topic).create()) {
      Set<Integer> expected = new TreeSet<>();
      for (int number = 0; number < PARTITIONS; number++) {
        producer.send(number);
        expected.add(number);
      }
      Set<Integer> received = new TreeSet<>();
      while (received.size() < expected.size()) {
        Message<Integer> message = consumer.receive((int) PATIENCE_MS, TimeUnit.MILLISECONDS);
        if (message == null) throw new IllegalStateException(topic + ": received " + received + " of " + expected);
        received.add(message.getValue());
        consumer.acknowledge(message);
      }
    }
  }

  /** Until one broker, of the given HTTP port, serves all partitions of the topic and leads. */
  private static void served(PulsarAdmin admin, String broker, String topic) throws Exception {
    until(broker + " leads", () -> admin.brokers().getLeaderBroker().getBrokerId().equals(broker));
    until(broker + " serves all of " + topic, () -> {
      Map<String, String> byPartition = admin.lookups().lookupPartitionedTopic(topic);
      for (String partition : byPartition.keySet()) admin.topics().getInternalStats(partition);
      return byPartition.size() == PARTITIONS && Set.copyOf(byPartition.values()).size() == 1;
    });
  }

  private static void active(PulsarAdmin admin, int count) throws Exception {
    until(count + " brokers are there", () -> admin.brokers().getActiveBrokers().size() == count);
  }

  private static PulsarAdmin admin(String brokers) throws Exception {
    return PulsarAdmin.builder().serviceHttpUrl("http://" + brokers).readTimeout(HTTP_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .requestTimeout(HTTP_TIMEOUT_SECONDS, TimeUnit.SECONDS).build();
  }

  private static void until(String what, Callable<Boolean> isSo) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    for (;;) {
      Exception refusal = null;
      try {
        if (isSo.call()) return;
      } catch (Exception error) {
        refusal = error;
      }
      if (System.nanoTime() > deadline) throw new IllegalStateException(PATIENCE_MS + " ms and not yet so: " + what, refusal);
      Thread.sleep(LOOK_MS);
    }
  }
}
