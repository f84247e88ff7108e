import java.util.concurrent.TimeUnit;
import load.Acknowledgements;
import load.EndOfInput;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Submits the counting job and tells what its sink commits, until standard input ends; stops the job with a savepoint then. What it prints: load.ts. */
public final class Load {
  private static final long LOOK_MS = 50;
  private static final long STOP_TIMEOUT_SECONDS = 60;

  private Load() {}

  /** Arguments: the folder of Flink's configuration, the sink's, one for savepoints. */
  public static void main(String[] args) throws Exception {
    Configuration configuration = GlobalConfiguration.loadConfiguration(args[0]);
    // The one that getExecutionEnvironment() makes would start a cluster in this process.
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    CountingJob.describe(environment, args[1]);
    JobClient job = environment.executeAsync(CountingJob.NAME);
    CommittedFiles committed = new CommittedFiles(args[1]);
    while (committed.lines() == 0) Thread.sleep(LOOK_MS);
    Acknowledgements acknowledgements = new Acknowledgements();
    EndOfInput end = new EndOfInput();
    acknowledgements.begin();
    do {
      acknowledgements.are(committed.lines());
    } while (!end.comesIn(LOOK_MS));
    job.stopWithSavepoint(false, args[2], SavepointFormatType.CANONICAL).get(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    acknowledgements.are(committed.lines());
    acknowledgements.end();
    System.exit(0);
  }
}
