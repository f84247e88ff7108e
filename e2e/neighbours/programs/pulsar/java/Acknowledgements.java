import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** Which numbers were acknowledged, and the longest time without one. */
final class Acknowledgements {
  private final BitSet numbers = new BitSet();
  private int count;
  private long latestNanos = System.nanoTime();
  private long longestGapNanos;

  synchronized void add(int number) {
    numbers.set(number);
    count++;
    closeGap();
  }

  synchronized int count() {
    return count;
  }

  /** JSON, as load.ts reads it. */
  synchronized String end() {
    closeGap();
    return "{\"acknowledged\": " + count + ", \"longestGapMs\": " + longestGapNanos / 1_000_000 + "}";
  }

  /** For who reads them back. */
  synchronized void writeTo(Path file) throws IOException {
    Files.write(file, numbers.toByteArray());
  }

  static BitSet readFrom(Path file) throws IOException {
    return BitSet.valueOf(Files.readAllBytes(file));
  }

  private void closeGap() {
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - latestNanos);
    latestNanos = now;
  }
}
