import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.rest.CreateSubmissionResponse;
import org.apache.spark.deploy.rest.RestSubmissionClient;
import org.apache.spark.deploy.rest.SubmitRestProtocolResponse;
import scala.jdk.javaapi.CollectionConverters;

/**
 * An application that runs small jobs and checks their results, and beside that submits drivers to the masters by Spark's own client. The drivers ask for more memory
 * than there is, so that they wait: all there is of them is what the masters keep. Each job and each submission is an operation; the submissions are written to the
 * file that is given. What it prints: ../../../load.ts; the longest gap is that of the jobs or that of the submissions.
 */
public final class Load {
  private static final long JOB_PACE_MS = 250;
  private static final long SUBMISSION_PACE_MS = 1_000;
  private static final int NUMBERS = 1_000;
  private static final long SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String masters = System.getenv("MASTERS");
  private final String restMasters = System.getenv("REST_MASTERS");
  private final Gap jobs = new Gap();
  private final Gap submissions = new Gap();
  private final PrintWriter file;
  private volatile boolean over;
  private int acknowledged;
  private long shownNanos;

  /** Between acknowledgements of one kind. */
  private static final class Gap {
    private long lastNanos = System.nanoTime();
    private long longestNanos;

    void end() {
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - lastNanos);
      lastNanos = now;
    }
  }

  private Load(String acknowledgedFile) throws IOException {
    file = new PrintWriter(new FileWriter(acknowledgedFile), true);
  }

  public static void main(String[] args) throws Exception {
    new Load(args[0]).run();
    System.exit(0);
  }

  private void run() throws Exception {
    SparkConf conf = new SparkConf().setAppName("load").setMaster(masters);
    try (JavaSparkContext context = new JavaSparkContext(conf)) {
      // The first one waits for the executor.
      job(context, 0);
      System.out.println("ready");
      ExecutorService lanes = Executors.newFixedThreadPool(2);
      synchronized (this) {
        jobs.lastNanos = submissions.lastNanos = System.nanoTime();
      }
      Future<Void> jobLane = lanes.submit(lane(JOB_PACE_MS, number -> {
        job(context, number);
        acknowledge(jobs);
      }));
      Future<Void> submissionLane = lanes.submit(lane(SUBMISSION_PACE_MS, number -> {
        String name = "waiting.Driver" + number;
        if (!submit(name)) return;
        file.println(name);
        acknowledge(submissions);
      }));
      while (System.in.read() >= 0) {}
      over = true;
      jobLane.get(60, TimeUnit.SECONDS);
      submissionLane.get(60, TimeUnit.SECONDS);
    }
    synchronized (this) {
      long longestMs = Math.max(jobs.longestNanos, submissions.longestNanos) / 1_000_000;
      System.out.println("end {\"acknowledged\": " + acknowledged + ", \"longestGapMs\": " + longestMs + "}");
    }
  }

  private interface Operation {
    void run(long number) throws Exception;
  }

  private Callable<Void> lane(long paceMs, Operation operation) {
    return () -> {
      for (long number = 1; !over; number++) {
        operation.run(number);
        Thread.sleep(paceMs);
      }
      return null;
    };
  }

  private static void job(JavaSparkContext context, long offset) {
    List<Long> numbers = LongStream.range(offset, offset + NUMBERS).boxed().collect(Collectors.toList());
    long sum = context.parallelize(numbers, 2).map(number -> number * 3).reduce(Long::sum);
    long expected = 3 * (NUMBERS * offset + NUMBERS * (NUMBERS - 1L) / 2);
    if (sum != expected) throw new IllegalStateException("the job of " + offset + " came to " + sum + ", not to " + expected);
  }

  /** Whether a master has it. Where none leads, or the leader goes, it is left out. */
  private boolean submit(String name) {
    try {
      // It remembers for ever which masters it could not reach: one for each.
      RestSubmissionClient client = new RestSubmissionClient(restMasters);
      Map<String, String> properties = Map.of(
          "spark.app.name", name, "spark.master", restMasters, "spark.driver.memory", "64g", "spark.driver.supervise", "true");
      SubmitRestProtocolResponse response = client.createSubmission(client.constructSubmitRequest(
          "file:/none.jar", name, new String[0], scalaMap(properties), scalaMap(Map.of())));
      return response instanceof CreateSubmissionResponse created && Boolean.TRUE.equals(created.success());
    } catch (Exception refused) {
      System.out.println(refused);
      return false;
    }
  }

  private static scala.collection.immutable.Map<String, String> scalaMap(Map<String, String> map) {
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(map));
  }

  private synchronized void acknowledge(Gap gap) {
    gap.end();
    acknowledged++;
    long now = System.nanoTime();
    if (now - shownNanos < SHOW_NANOS) return;
    shownNanos = now;
    System.out.println("acknowledged " + acknowledged);
  }
}
