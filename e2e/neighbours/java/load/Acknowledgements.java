package load;

import java.util.concurrent.TimeUnit;

/** Counts what a load had acknowledged, and the longest time without; prints both as ../../load.ts asks for it. Of any thread. */
public final class Acknowledgements {
  private static final long TOLD_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private long count;
  private long latestNanos;
  private long longestGapNanos;
  private long toldNanos;

  /** The load begins: from now on every gap counts. */
  public synchronized void begin() {
    latestNanos = System.nanoTime();
    toldNanos = latestNanos - TOLD_EVERY_NANOS;
    System.out.println("ready");
  }

  public synchronized void add() {
    are(count + 1);
  }

  /** There are so many by now. */
  public synchronized void are(long total) {
    if (total == count) return;
    count = total;
    closeGap();
    if (latestNanos - toldNanos < TOLD_EVERY_NANOS) return;
    toldNanos = latestNanos;
    System.out.println("acknowledged " + count);
  }

  /** The load has come to its end. */
  public synchronized void end() {
    closeGap();
    System.out.println("acknowledged " + count);
    System.out.printf(
        "end {\"acknowledged\": %d, \"longestGapMs\": %d}%n", count, TimeUnit.NANOSECONDS.toMillis(longestGapNanos));
  }

  private void closeGap() {
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - latestNanos);
    latestNanos = now;
  }
}
