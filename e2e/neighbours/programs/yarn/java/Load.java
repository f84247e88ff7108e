import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import load.Acknowledgements;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * Submits applications without a container (unmanaged) by YARN's own client and kills every second one. Each submission and each kill that the client calls done is
 * an operation, written to the file that is given. What it prints: ../../../load.ts.
 */
public final class Load {
  private static final int LANES = 2;
  /** Of one lane, between the beginnings of its submissions: 4 submissions and 2 kills a second of both, far below the 1,000 ended applications that are kept. */
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final YarnClient client = YarnClient.createYarnClient();
  private final PrintWriter file;
  private final ExecutorService lanes = Executors.newFixedThreadPool(LANES);
  private volatile boolean over;
  private final Acknowledgements acknowledgements = new Acknowledgements();

  private Load(String acknowledgedFile) throws IOException {
    file = new PrintWriter(new FileWriter(acknowledgedFile), true);
  }

  public static void main(String[] args) throws Exception {
    new Load(args[0]).run();
    System.exit(0);
  }

  private void run() throws Exception {
    client.init(new YarnConfiguration());
    client.start();
    client.getApplications();
    acknowledgements.begin();
    for (int lane = 0; lane < LANES; lane++) lanes.submit(this::lane);
    while (System.in.read() >= 0) {}
    over = true;
    lanes.shutdown();
    if (!lanes.awaitTermination(60, TimeUnit.SECONDS)) throw new IllegalStateException("an operation does not come to its end");
    acknowledgements.end();
  }

  private void lane() {
    for (boolean killed = false; !over; killed = !killed) {
      long began = System.nanoTime();
      try {
        ApplicationId id = submit(killed ? "killed" : "kept");
        acknowledge(id + " submitted");
        if (killed) {
          kill(id);
          acknowledge(id + " killed");
        }
      } catch (YarnException | IOException | RuntimeException error) {
        // Left out: whether it is done is unknown.
        System.out.println(error);
      }
      pause(began + PACE_NANOS - System.nanoTime());
    }
  }

  private ApplicationId submit(String name) throws YarnException, IOException {
    ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
    context.setApplicationName(name);
    context.setQueue("default");
    context.setPriority(Priority.newInstance(0));
    context.setResource(Resource.newInstance(128, 1));
    context.setMaxAppAttempts(2);
    context.setUnmanagedAM(true);
    context.setAMContainerSpec(ContainerLaunchContext.newInstance(Collections.emptyMap(), Collections.emptyMap(), Collections.emptyList(), null, null, null));
    return client.submitApplication(context);
  }

  /** A kill of an application without a container is answered before it is stored; the application is KILLED once it is. One that went with its ResourceManager is sent again. */
  private void kill(ApplicationId id) throws YarnException, IOException {
    while (client.getApplicationReport(id).getYarnApplicationState() != YarnApplicationState.KILLED) {
      client.killApplication(id);
      pause(LOOK_NANOS);
    }
  }

  private void acknowledge(String line) {
    file.println(line);
    acknowledgements.add();
  }

  private static void pause(long nanos) {
    if (nanos <= 0) return;
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
