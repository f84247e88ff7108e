import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ha.HAServiceProtocol.HAServiceState;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.tools.NNHAServiceTarget;

/** What an administrator looks for and asks of the two NameNodes, a command at a time. */
public final class Nameservice {
  private static final String NAME = "cluster";
  private static final List<String> NAME_NODES = List.of("a", "b");
  private static final int RPC_TIMEOUT_MS = 10_000;
  private static final int FAILOVER_TIMEOUT_MS = 60_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final int LOOK_MS = 200;

  private final Configuration configuration = new HdfsConfiguration();

  private Nameservice() {
    // One attempt each: a NameNode that was killed is asked again by what awaits it.
    configuration.setInt("ipc.client.connect.max.retries", 0);
    configuration.setInt("ipc.client.connect.max.retries.on.timeouts", 0);
  }

  public static void main(String[] arguments) throws Exception {
    Nameservice nameservice = new Nameservice();
    System.out.println("done " + nameservice.done(arguments[0], arguments.length > 1 ? arguments[1] : ""));
    System.exit(0);
  }

  private String done(String command, String name) throws Exception {
    switch (command) {
      case "active":
        return awaitActive("");
      case "active-other-than":
        return awaitActive(name);
      case "standby":
        await(name + " standby", () -> stateOf(name) == HAServiceState.STANDBY);
        return name;
      case "fail-over":
        return failOver();
      default:
        throw new IllegalArgumentException("no command " + command);
    }
  }

  /** As `hdfs haadmin -failover` does it: the controllers of both agree on it by the election's znodes. */
  private String failOver() throws Exception {
    String before = awaitActive("");
    String after = NAME_NODES.get(1 - NAME_NODES.indexOf(before));
    target(after).getZKFCProxy(configuration, FAILOVER_TIMEOUT_MS).gracefulFailover();
    if (stateOf(after) != HAServiceState.ACTIVE) throw new IllegalStateException(after + " is " + stateOf(after) + " after a failover to it");
    if (stateOf(before) != HAServiceState.STANDBY) throw new IllegalStateException(before + " is " + stateOf(before) + " after a failover from it");
    return after;
  }

  private String awaitActive(String otherThan) throws Exception {
    String[] found = new String[1];
    await(
        "an active NameNode" + (otherThan.isEmpty() ? "" : " other than " + otherThan),
        () -> {
          for (String each : NAME_NODES)
            if (!each.equals(otherThan) && isActive(each)) found[0] = each;
          return found[0] != null;
        });
    return found[0];
  }

  private boolean isActive(String name) {
    try {
      return stateOf(name) == HAServiceState.ACTIVE;
    } catch (IOException gone) {
      return false;
    }
  }

  private HAServiceState stateOf(String name) throws IOException {
    return target(name).getProxy(configuration, RPC_TIMEOUT_MS).getServiceStatus().getState();
  }

  private NNHAServiceTarget target(String name) {
    return new NNHAServiceTarget(configuration, NAME, name);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    IOException latest = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) return;
      } catch (IOException failure) {
        latest = failure;
      }
      Thread.sleep(LOOK_MS);
    }
    throw new IllegalStateException("not in " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s: " + what, latest);
  }
}
