package load;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A load goes on until its standard input ends. */
public final class EndOfInput {
  private final CountDownLatch reached = new CountDownLatch(1);

  /** Reads on a thread of its own from now on. */
  public EndOfInput() {
    Thread reading = new Thread(this::read, "input");
    reading.setDaemon(true);
    reading.start();
  }

  public boolean isReached() {
    return reached.getCount() == 0;
  }

  /** Whether it came within that time. */
  public boolean comesIn(long millis) throws InterruptedException {
    return reached.await(millis, TimeUnit.MILLISECONDS);
  }

  private void read() {
    try {
      while (System.in.read() >= 0) continue;
    } catch (IOException broken) {
      // Closed is the same as ended.
    }
    reached.countDown();
  }
}
