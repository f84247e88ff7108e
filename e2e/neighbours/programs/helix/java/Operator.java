import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.helix.ConfigAccessor;
import org.apache.helix.HelixDataAccessor;
import org.apache.helix.HelixManager;
import org.apache.helix.HelixManagerFactory;
import org.apache.helix.InstanceType;
import org.apache.helix.controller.rebalancer.strategy.CrushEdRebalanceStrategy;
import org.apache.helix.model.ClusterConfig;
import org.apache.helix.model.ExternalView;
import org.apache.helix.model.IdealState;
import org.apache.helix.model.LiveInstance;
import org.apache.helix.tools.ClusterSetup;
import org.apache.helix.zookeeper.impl.client.ZkClient;

/**
 * `Operator <connect> <cluster> <verb> …`: what people do to a cluster by Helix's administration. Each verb awaits that it is done, prints one line and ends
 * with 0.
 */
public class Operator {
  private static final long TIMEOUT_MS = 90_000;
  private static final long LOOK_MS = 200;

  private final String cluster;
  private final HelixManager manager;

  private Operator(String connect, String cluster) throws Exception {
    this.cluster = cluster;
    manager = HelixManagerFactory.getZKHelixManager(cluster, "operator", InstanceType.ADMINISTRATOR, connect);
    manager.connect();
  }

  public static void main(String[] args) throws Exception {
    String verb = args[2];
    List<String> rest = Arrays.asList(args).subList(3, args.length);
    if (verb.equals("setup")) setUp(args[0], args[1], rest);
    else System.out.println("told " + new Operator(args[0], args[1]).tell(verb, rest));
    System.exit(0);
  }

  private String tell(String verb, List<String> arguments) throws Exception {
    return switch (verb) {
      case "add" -> add(arguments.get(0), Integer.parseInt(arguments.get(1)));
      case "come-and-go" -> comeAndGo(arguments.get(0), Integer.parseInt(arguments.get(1)));
      case "leader" -> leaderOtherThan(arguments.isEmpty() ? "" : arguments.get(0));
      case "without" -> settledWithout(arguments.get(0));
      case "with" -> settledWith(arguments.get(0));
      case "settled" -> settled();
      case "lost" -> Long.toString(new Account(manager.getHelixPropertyStore()).lost(arguments.get(0)));
      default -> throw new IllegalArgumentException("no such verb: " + verb);
    };
  }

  private static void setUp(String connect, String cluster, List<String> instances) {
    makeChroot(connect);
    ClusterSetup setup = new ClusterSetup(connect);
    setup.addCluster(cluster, true);
    setup.addInstancesToCluster(cluster, instances.toArray(new String[0]));
    ConfigAccessor configuration = new ConfigAccessor(connect);
    ClusterConfig config = configuration.getClusterConfig(cluster);
    // The controller writes into the ideal state what it wants of each partition: so that the external view can be compared with it.
    config.setPersistBestPossibleAssignment(true);
    configuration.setClusterConfig(cluster, config);
    System.out.println("told " + cluster);
  }

  /** Helix makes what is below it, but not the chroot itself. */
  private static void makeChroot(String connect) {
    int slash = connect.indexOf('/');
    ZkClient client = new ZkClient(connect.substring(0, slash));
    client.createPersistent(connect.substring(slash), true);
    client.close();
  }

  private String comeAndGo(String resource, int partitions) throws Exception {
    add(resource, partitions);
    rebalance(resource, 3);
    manager.getClusterManagmentTool().dropResource(cluster, resource);
    await("the external view of " + resource + " ends", () -> viewOf(resource) == null ? null : "it is there");
    return resource;
  }

  private String add(String resource, int partitions) throws Exception {
    manager
        .getClusterManagmentTool()
        .addResource(
            cluster,
            resource,
            partitions,
            "MasterSlave",
            IdealState.RebalanceMode.FULL_AUTO.name(),
            CrushEdRebalanceStrategy.class.getName());
    return rebalance(resource, 2);
  }

  private String rebalance(String resource, int replicas) throws Exception {
    manager.getClusterManagmentTool().rebalance(cluster, resource, replicas);
    await(resource + " settles", () -> unsettled(resource, ""));
    return resource;
  }

  private String leaderOtherThan(String former) throws Exception {
    await(
        "a controller that leads" + (former.isEmpty() ? "" : " and is not " + former),
        () -> leader().isEmpty() || leader().equals(former) ? "the leader is \"" + leader() + '"' : null);
    return leader();
  }

  private String leader() {
    LiveInstance leader = accessor().getProperty(accessor().keyBuilder().controllerLeader());
    return leader == null ? "" : leader.getInstanceName();
  }

  /** All resources are mastered, and nowhere by that instance. */
  private String settledWithout(String instance) throws Exception {
    for (String resource : resources())
      await(resource + " settles without " + instance, () -> unsettled(resource, instance));
    return instance;
  }

  /** All resources are mastered, and some of them by that instance. */
  private String settledWith(String instance) throws Exception {
    await(
        instance + " masters something",
        () -> resources().stream().anyMatch(resource -> masters(instance, resource)) ? null : "it masters nothing");
    return settled();
  }

  private boolean masters(String instance, String resource) {
    ExternalView view = viewOf(resource);
    return view != null
        && view.getRecord().getMapFields().values().stream()
            .anyMatch(states -> "MASTER".equals(states.get(instance)));
  }

  private String settled() throws Exception {
    for (String resource : resources()) await(resource + " settles", () -> unsettled(resource, ""));
    return String.join(" ", resources());
  }

  private List<String> resources() {
    return manager.getClusterManagmentTool().getResourcesInCluster(cluster);
  }

  /** What is not yet as it ought to be; null: nothing. */
  private String unsettled(String resource, String without) {
    IdealState ideal = manager.getClusterManagmentTool().getResourceIdealState(cluster, resource);
    ExternalView view = viewOf(resource);
    if (view == null) return "it has no external view";
    Map<String, Map<String, String>> wanted = ideal.getRecord().getMapFields();
    Map<String, Map<String, String>> seen = view.getRecord().getMapFields();
    if (seen.size() != ideal.getNumPartitions())
      return seen.size() + " of " + ideal.getNumPartitions() + " partitions are served";
    if (!seen.equals(wanted)) return "its external view is " + seen + ", its ideal state " + wanted;
    int live = accessor().getChildNames(accessor().keyBuilder().liveInstances()).size();
    int replicas = Math.min(Integer.parseInt(ideal.getReplicas()), live);
    for (Map.Entry<String, Map<String, String>> partition : seen.entrySet()) {
      Map<String, String> states = partition.getValue();
      long masters = states.values().stream().filter("MASTER"::equals).count();
      long slaves = states.values().stream().filter("SLAVE"::equals).count();
      if (masters != 1 || slaves != replicas - 1 || states.containsKey(without))
        return partition + " where " + replicas + " replicas are wanted";
    }
    return null;
  }

  private ExternalView viewOf(String resource) {
    return manager.getClusterManagmentTool().getResourceExternalView(cluster, resource);
  }

  private HelixDataAccessor accessor() {
    return manager.getHelixDataAccessor();
  }

  private interface Look {
    /** null once it is as it ought to be, else why not. */
    String complaint();
  }

  private static void await(String what, Look look) throws InterruptedException {
    long deadlineMs = System.currentTimeMillis() + TIMEOUT_MS;
    for (String complaint = look.complaint(); complaint != null; complaint = look.complaint()) {
      if (System.currentTimeMillis() > deadlineMs)
        throw new IllegalStateException("not in " + TIMEOUT_MS + " ms: " + what + ": " + complaint);
      Thread.sleep(LOOK_MS);
    }
  }
}
