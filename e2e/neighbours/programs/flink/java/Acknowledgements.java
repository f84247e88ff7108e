/** Counts them, and the longest time without a new one; prints a line when the count grows. */
final class Acknowledgements {
  private long count;
  private long latestNanos = System.nanoTime();
  private long longestGapNanos;

  /** That it is `total` by now. */
  void are(long total) {
    if (total == count) return;
    count = total;
    closeGap();
    System.out.println("acknowledged " + count);
  }

  /** JSON, as load.ts reads it. */
  String end() {
    closeGap();
    return "{\"acknowledged\": " + count + ", \"longestGapMs\": " + longestGapNanos / 1_000_000 + "}";
  }

  private void closeGap() {
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - latestNanos);
    latestNanos = now;
  }
}
