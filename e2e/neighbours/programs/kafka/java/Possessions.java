import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** A user with a password and a quota, and a topic with a configuration and an ACL for that user: all of it is held in the coordination service. */
final class Possessions {
  static final int PARTITIONS = 3;
  private static final String QUOTA = "producer_byte_rate";
  private static final double BYTES_A_SECOND = 1_000_000;
  private static final String RETENTION = "retention.ms";
  private static final String RETAINED_MS = "86400123";
  private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_512;

  private final Admin admin;
  private final String user;
  private final String topic;
  private final AclBinding acl;
  private final ConfigResource resource;
  private final ClientQuotaEntity entity;

  Possessions(Admin admin, String user, String topic) {
    this.admin = admin;
    this.user = user;
    this.topic = topic;
    acl =
        new AclBinding(
            new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
            new AccessControlEntry("User:" + user, "*", AclOperation.WRITE, AclPermissionType.ALLOW));
    resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, user));
  }

  void make() throws Exception {
    Map<Integer, List<Integer>> replicas = Map.of(0, List.of(1, 2), 1, List.of(2, 3));
    admin.createTopics(List.of(new NewTopic(topic, replicas))).all().get();
    Waiting.until("topic " + topic, () -> partitions() == replicas.size());
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(PARTITIONS, List.of(List.of(3, 1))))).all().get();
    AlterConfigOp retention = new AlterConfigOp(new ConfigEntry(RETENTION, RETAINED_MS), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(retention))).all().get();
    admin.alterUserScramCredentials(List.of(
        new UserScramCredentialUpsertion(user, new ScramCredentialInfo(MECHANISM, 4_096), Principal.PASSWORD))).all().get();
    admin.createAcls(List.of(acl)).all().get();
    alterQuota(BYTES_A_SECOND);
    Waiting.until("all that " + user + " was given", this::isThere);
  }

  /** Throws where one of them is not there. */
  void check() throws Exception {
    if (!isThere()) throw new IllegalStateException("of what was made for " + user + ", something is gone: " + told());
  }

  void remove() throws Exception {
    alterQuota(null);
    admin.deleteAcls(List.of(acl.toFilter())).all().get();
    admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion(user, MECHANISM))).all().get();
    admin.deleteTopics(List.of(topic)).all().get();
    Waiting.until("the end of " + topic, () -> !admin.listTopics().names().get().contains(topic));
    Waiting.until("the end of ACLs of " + topic, () -> acls().isEmpty());
    Waiting.until("the end of the credentials of " + user, () -> !users().contains(user));
  }

  private void alterQuota(Double value) throws Exception {
    ClientQuotaAlteration.Op operation = new ClientQuotaAlteration.Op(QUOTA, value);
    admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(operation)))).all().get();
  }

  private boolean isThere() throws Exception {
    return told().equals(PARTITIONS + " partitions, retained " + RETAINED_MS + ", ACLs " + List.of(acl) + ", user true, quota " + BYTES_A_SECOND);
  }

  private String told() throws Exception {
    return partitions() + " partitions, retained " + retention() + ", ACLs " + List.copyOf(acls()) + ", user " + users().contains(user) + ", quota " + quota();
  }

  private int partitions() throws Exception {
    return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
  }

  private String retention() throws Exception {
    return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(RETENTION).value();
  }

  private Collection<AclBinding> acls() throws Exception {
    return admin.describeAcls(acl.toFilter()).values().get();
  }

  private List<String> users() throws Exception {
    return admin.describeUserScramCredentials().users().get();
  }

  private Double quota() throws Exception {
    ClientQuotaFilter filter = ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, user)));
    return admin.describeClientQuotas(filter).entities().get().getOrDefault(entity, Map.of()).get(QUOTA);
  }
}
