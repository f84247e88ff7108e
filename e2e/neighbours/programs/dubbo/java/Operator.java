import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.dubbo.common.config.configcenter.DynamicConfiguration;

/**
 * `Operator <connect> publish <greeting>`: by Dubbo, into the config center. `Operator <connect> registered <port> …`: awaits that these and no others are in
 * both of Dubbo's registries, that of interfaces and that of applications. `Operator <connect> missing <port> …`: how many are not in both.
 */
public class Operator {
  private static final String PROVIDERS_OF_INTERFACE =
      "/" + Shop.GROUP + "/" + Greeter.class.getName() + "/providers";
  private static final long TIMEOUT_MS = 90_000;
  private static final long LOOK_MS = 200;

  public static void main(String[] args) throws Exception {
    Set<String> arguments = new TreeSet<>(Arrays.asList(args).subList(2, args.length));
    switch (args[1]) {
      case "publish" -> publish(args[0], args[2]);
      case "registered" -> awaitRegistered(args[0], arguments);
      case "missing" -> countMissing(args[0], arguments);
      default -> throw new IllegalArgumentException("no such verb: " + args[1]);
    }
    System.exit(0);
  }

  private static void publish(String connect, String greeting) {
    DynamicConfiguration configuration =
        Shop.application("shop-operator", connect)
            .start()
            .getApplicationModel()
            .modelEnvironment()
            .getDynamicConfiguration()
            .orElseThrow();
    if (!configuration.publishConfig(Shop.GREETING, Shop.GROUP, greeting))
      throw new IllegalStateException("the config center did not take " + greeting);
    System.out.println("told " + greeting);
  }

  private static void awaitRegistered(String connect, Set<String> ports) throws Exception {
    CuratorFramework client = connected(connect);
    long deadlineMs = System.currentTimeMillis() + TIMEOUT_MS;
    while (!ofInterfaces(client).equals(ports) || !ofApplications(client).equals(ports)) {
      if (System.currentTimeMillis() > deadlineMs)
        throw new IllegalStateException(
            "of interfaces " + ofInterfaces(client) + ", of applications " + ofApplications(client)
                + " are registered, " + ports + " ought to be");
      Thread.sleep(LOOK_MS);
    }
    System.out.println("told " + ports.size());
  }

  private static void countMissing(String connect, Set<String> ports) throws Exception {
    CuratorFramework client = connected(connect);
    Set<String> missing = new TreeSet<>(ports);
    Set<String> inBoth = ofInterfaces(client);
    inBoth.retainAll(ofApplications(client));
    missing.removeAll(inBoth);
    System.out.println("told " + missing.size());
  }

  private static CuratorFramework connected(String connect) {
    // A member that it was connected to may be restarted.
    RetryNTimes retries = new RetryNTimes(60, 500);
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(
            connect, Shop.SESSION_TIMEOUT_MS, Shop.SESSION_TIMEOUT_MS, retries);
    client.start();
    return client;
  }

  /** Each is the URL of a provider: `dubbo://host:port/…`. */
  private static Set<String> ofInterfaces(CuratorFramework client) throws Exception {
    Set<String> ports = new TreeSet<>();
    for (String name : client.getChildren().forPath(PROVIDERS_OF_INTERFACE)) {
      String url = URLDecoder.decode(name, StandardCharsets.UTF_8);
      ports.add(url.substring(url.lastIndexOf(':', path(url)) + 1, path(url)));
    }
    return ports;
  }

  private static int path(String url) {
    return url.indexOf('/', url.indexOf("://") + "://".length());
  }

  /** Each is `host:port`. */
  private static Set<String> ofApplications(CuratorFramework client) throws Exception {
    Set<String> ports = new TreeSet<>();
    for (String name : client.getChildren().forPath("/services/" + Shop.PROVIDERS))
      ports.add(name.substring(name.indexOf(':') + 1));
    return ports;
  }
}
