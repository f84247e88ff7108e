import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** For what brokers do some time after they have said that they will. */
final class Waiting {
  private static final long MOST_MS = 60_000;
  private static final long LOOK_MS = 50;

  private Waiting() {}

  /** Returns once it is so; what it throws meanwhile counts as not so yet. */
  static void until(String what, Callable<Boolean> isSo) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MS);
    Exception last = null;
    while (true) {
      try {
        if (isSo.call()) return;
        last = null;
      } catch (InterruptedException exception) {
        throw exception;
      } catch (Exception exception) {
        last = exception;
      }
      if (System.nanoTime() > deadline) throw new IllegalStateException("not so after " + MOST_MS + " ms: " + what, last);
      Thread.sleep(LOOK_MS);
    }
  }
}
