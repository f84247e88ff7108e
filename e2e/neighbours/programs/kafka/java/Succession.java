import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Watches the controller being killed: Succession BOOTSTRAP. It prints `controller N`, whom somebody kills; `elected N` once another broker is it and the
 * killed one's registration has ended; that is started again, and `back` is printed once it is in step and leads again what it is preferred for.
 */
public final class Succession {
  private static final int BROKERS = 3;

  public static void main(String[] arguments) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      int first = controller(admin);
      System.out.println("controller " + first);
      Waiting.until("another controller than " + first + ", and two brokers", () -> brokers(admin) == BROKERS - 1 && controller(admin) != first);
      System.out.println("elected " + controller(admin));
      Waiting.until("three brokers", () -> brokers(admin) == BROKERS);
      Waiting.until("every replica in step", () -> topics(admin).stream().allMatch(topic -> topic.partitions().stream().allMatch(Succession::isInStep)));
      Waiting.until("preferred leaders", () -> {
        electPreferred(arguments[0]);
        return topics(admin).stream().allMatch(topic -> topic.partitions().stream().allMatch(Succession::isPreferred));
      });
      System.out.println("back");
    }
  }

  /** As a broker answers it that has heard of one. */
  private static int controller(Admin admin) throws Exception {
    return Optional.ofNullable(admin.describeCluster().controller().get()).orElseThrow().id();
  }

  /** Whoever was told of the controller before does not ask again when it hears that this is another one by now. */
  private static void electPreferred(String bootstrap) throws Exception {
    try (Admin newcomer = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      newcomer.electLeaders(ElectionType.PREFERRED, null).partitions().get();
    }
  }

  private static int brokers(Admin admin) throws Exception {
    return admin.describeCluster().nodes().get().size();
  }

  private static Collection<TopicDescription> topics(Admin admin) throws Exception {
    return admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get().values();
  }

  private static boolean isInStep(TopicPartitionInfo partition) {
    return partition.isr().size() == partition.replicas().size();
  }

  private static boolean isPreferred(TopicPartitionInfo partition) {
    return partition.leader() != null && List.of(partition.leader()).equals(partition.replicas().subList(0, 1));
  }
}
