import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Partition 0 of a topic from brokers to brokers, with what is in it. */
final class Movement {
  private final Admin admin;
  private final TopicPartition partition;

  Movement(Admin admin, String topic) {
    this.admin = admin;
    partition = new TopicPartition(topic, 0);
  }

  /** To a broker that has not had it; then the other one is preferred, and is made the leader. */
  void run(int stays, int comes) throws Exception {
    long records = records();
    if (records == 0) throw new IllegalStateException("nothing to move in " + partition);
    reassign(List.of(comes, stays));
    Waiting.until("leader of " + partition + " is " + comes, () -> leader() == comes);
    reassign(List.of(stays, comes));
    if (leader() != comes) throw new IllegalStateException("the leader of " + partition + " changed without an election");
    admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).all().get();
    Waiting.until("leader of " + partition + " is " + stays, () -> leader() == stays);
    if (records() != records) throw new IllegalStateException(partition + " had " + records + " records, now " + records());
  }

  private void reassign(List<Integer> replicas) throws Exception {
    admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(replicas)))).all().get();
    Waiting.until("the reassignment of " + partition + " to " + replicas, () ->
        admin.listPartitionReassignments(Set.of(partition)).reassignments().get().isEmpty()
            && ids(described().replicas()).equals(replicas)
            && described().isr().size() == replicas.size());
  }

  private TopicPartitionInfo described() throws Exception {
    return admin.describeTopics(List.of(partition.topic())).allTopicNames().get().get(partition.topic()).partitions().get(0);
  }

  private int leader() throws Exception {
    return described().leader().id();
  }

  private long records() throws Exception {
    return admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
  }

  private static List<Integer> ids(List<Node> nodes) {
    return nodes.stream().map(Node::id).toList();
  }
}
