import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs a job that ends by itself, prints the sum that it came to, and the address of the JobManager that leads: both found by ZooKeeper. */
public final class BoundedJob {
  private static final long NUMBERS = 1_000;

  private BoundedJob() {}

  /** Argument: the folder of Flink's configuration. */
  public static void main(String[] args) throws Exception {
    Configuration configuration = GlobalConfiguration.loadConfiguration(args[0]);
    // The one that getExecutionEnvironment() makes would start a cluster in this process.
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    long sum = 0;
    try (CloseableIterator<Long> results = environment.fromSequence(1, NUMBERS).executeAndCollect("bounded")) {
      while (results.hasNext()) sum += results.next();
    }
    System.out.println("sum " + sum);
    try (RestClusterClient<StandaloneClusterId> client = new RestClusterClient<>(configuration, StandaloneClusterId.getInstance())) {
      System.out.println("leader " + client.getWebInterfaceURL());
    }
    System.exit(0);
  }
}
