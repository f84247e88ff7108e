import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.HandlerWrapper;

/**
 * One node of Solr, as bin/solr starts it from the distribution: SolrNode HOME PORT, and -DzkHost; at -Dlisten where that is not 127.0.0.1. Prints `ready`, and
 * leaves the cluster when it is terminated.
 */
public final class SolrNode {
  public static void main(String[] arguments) throws Exception {
    JettyConfig config =
        JettyConfig.builder().setPort(Integer.parseInt(arguments[1])).stopAtShutdown(true).build();
    try {
      new Node(arguments[0], config).start();
    } catch (Throwable failure) {
      failure.printStackTrace();
      // Jetty's threads would keep the process alive.
      System.exit(1);
    }
    System.out.println("ready");
  }

  private static final class Node extends JettySolrRunner {
    Node(String home, JettyConfig config) {
      super(home, config);
    }

    /** The runner knows no address but 127.0.0.1; this is called once its connectors are made, and before they are opened. */
    @Override
    protected HandlerWrapper injectJettyHandlers(HandlerWrapper chain) {
      for (Connector connector : chain.getServer().getConnectors())
        ((ServerConnector) connector).setHost(System.getProperty("listen", "127.0.0.1"));
      return chain;
    }
  }
}
