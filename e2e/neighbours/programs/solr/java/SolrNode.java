import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** One node of Solr, as bin/solr starts it from the distribution: SolrNode HOME PORT, and -DzkHost. Prints `ready`, and leaves the cluster when it is terminated. */
public final class SolrNode {
  public static void main(String[] arguments) throws Exception {
    JettyConfig config =
        JettyConfig.builder().setPort(Integer.parseInt(arguments[1])).stopAtShutdown(true).build();
    try {
      new JettySolrRunner(arguments[0], config).start();
    } catch (Throwable failure) {
      failure.printStackTrace();
      // Jetty's threads would keep the process alive.
      System.exit(1);
    }
    System.out.println("ready");
  }
}
