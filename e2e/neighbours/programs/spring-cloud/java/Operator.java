package shop;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.KeeperException;

/**
 * `Operator <members> <chroot> setup`; `… publish <greeting>`; `… registered <port> …`: awaits that these services and no others are registered;
 * `… missing <port> …`: how many of these are not.
 */
public class Operator {
  private static final String GREETING = "/config/greeter/shop.greeting";
  private static final int SESSION_TIMEOUT_MS = 10_000;
  private static final long TIMEOUT_MS = 90_000;
  private static final long LOOK_MS = 200;

  private final CuratorFramework client;
  private final String chroot;

  private Operator(String members, String chroot) {
    // A member that it was connected to may be restarted.
    RetryNTimes retries = new RetryNTimes(60, 500);
    client = CuratorFrameworkFactory.newClient(members, SESSION_TIMEOUT_MS, SESSION_TIMEOUT_MS, retries);
    client.start();
    this.chroot = chroot;
  }

  public static void main(String[] args) throws Exception {
    Operator operator = new Operator(args[0], args[1]);
    Set<String> arguments = new TreeSet<>(Arrays.asList(args).subList(3, args.length));
    switch (args[2]) {
      case "setup" -> operator.setUp();
      case "publish" -> operator.publish(args[3]);
      case "registered" -> operator.awaitRegistered(arguments);
      case "missing" -> arguments.removeAll(operator.registered());
      default -> throw new IllegalArgumentException("no such verb: " + args[2]);
    }
    System.out.println("told " + arguments.size());
    operator.client.close();
  }

  private void setUp() throws Exception {
    byte[] greeting = "hello".getBytes(StandardCharsets.UTF_8);
    client.create().orSetData().creatingParentsIfNeeded().forPath(chroot + GREETING, greeting);
  }

  private void publish(String greeting) throws Exception {
    client.setData().forPath(chroot + GREETING, greeting.getBytes(StandardCharsets.UTF_8));
  }

  private void awaitRegistered(Set<String> ports) throws Exception {
    long deadlineMs = System.currentTimeMillis() + TIMEOUT_MS;
    while (!registered().equals(ports)) {
      if (System.currentTimeMillis() > deadlineMs)
        throw new IllegalStateException(registered() + " are registered, " + ports + " ought to be");
      Thread.sleep(LOOK_MS);
    }
  }

  private Set<String> registered() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Set<String> ports = new TreeSet<>();
    String service = chroot + "/services/greeter";
    for (String instance : client.getChildren().forPath(service)) {
      try {
        byte[] registration = client.getData().forPath(service + "/" + instance);
        ports.add(mapper.readTree(registration).get("port").asText());
      } catch (KeeperException.NoNodeException gone) {
        // Between the two reads.
      }
    }
    return ports;
  }
}
