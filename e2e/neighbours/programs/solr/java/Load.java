import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import load.Acknowledgements;
import org.apache.solr.client.solrj.impl.CloudHttp2SolrClient;
import org.apache.solr.client.solrj.impl.CloudSolrClient;
import org.apache.solr.client.solrj.impl.Http2SolrClient;
import org.apache.solr.common.SolrInputDocument;

/** Adds documents by SolrJ, which finds the leaders in ZooKeeper: Load HOSTS CHROOT COLLECTION ACCEPTED. ACCEPTED is the file of the ids that were accepted. */
public final class Load {
  private static final int WRITERS = 4;
  private static final long PAUSE_MS = 25;
  private static final long RETRY_MS = 100;
  private static final long REQUEST_TIMEOUT_S = 10;
  private static final long END_TIMEOUT_MS = 60_000;

  private final CloudSolrClient solr;
  private final String collection;
  private final PrintWriter accepted;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private volatile boolean stopping;

  private Load(CloudSolrClient solr, String collection, PrintWriter accepted) {
    this.solr = solr;
    this.collection = collection;
    this.accepted = accepted;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> hosts = Arrays.asList(arguments[0].split(","));
    Http2SolrClient.Builder http =
        new Http2SolrClient.Builder().withRequestTimeout(REQUEST_TIMEOUT_S, TimeUnit.SECONDS);
    try (CloudSolrClient solr =
            new CloudHttp2SolrClient.Builder(hosts, Optional.of(arguments[1]))
                .withInternalClientBuilder(http)
                .build();
        PrintWriter accepted = new PrintWriter(arguments[3])) {
      new Load(solr, arguments[2], accepted).run();
    }
  }

  private void run() throws Exception {
    solr.connect();
    acknowledgements.begin();
    List<Thread> writers = new ArrayList<>();
    for (int number = 0; number < WRITERS; number++) {
      int writer = number;
      Thread thread = new Thread(() -> write(writer));
      thread.start();
      writers.add(thread);
    }
    while (System.in.read() != -1) {}
    stopping = true;
    for (Thread writer : writers) {
      writer.join(END_TIMEOUT_MS);
      if (writer.isAlive()) throw new IllegalStateException("a writer did not come to an end");
    }
    acknowledgements.end();
  }

  /** One that was not accepted is left out: whether it is there nobody promised. */
  private void write(int writer) {
    for (int number = 0; !stopping; number++) {
      String id = writer + "-" + number;
      SolrInputDocument document = new SolrInputDocument();
      document.addField("id", id);
      document.addField("title", "document " + number + " of writer " + writer);
      try {
        solr.add(collection, document);
        onAccepted(id);
        Thread.sleep(PAUSE_MS);
      } catch (InterruptedException stopped) {
        return;
      } catch (Exception refused) {
        System.err.println(id + " was not accepted: " + refused);
        pause(RETRY_MS);
      }
    }
  }

  /** Of any writer: a line is printed whole. */
  private void onAccepted(String id) {
    accepted.println(id);
    acknowledgements.add();
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
