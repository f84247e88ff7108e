package load;

import java.util.concurrent.TimeUnit;

/** So many operations a second; what was missed is not made up for. */
public final class Pace {
  private final long intervalNanos;
  private long nextNanos = System.nanoTime();

  public Pace(long perSecond) {
    intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  /** Until the next operation is due. */
  public void await() throws InterruptedException {
    nextNanos = Math.max(nextNanos + intervalNanos, System.nanoTime() - intervalNanos);
    TimeUnit.NANOSECONDS.sleep(nextNanos - System.nanoTime());
  }
}
