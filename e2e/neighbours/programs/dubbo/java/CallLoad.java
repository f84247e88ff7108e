import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** `CallLoad <connect>`: a consumer; each call is acknowledged by the answer to it. Ends with how many failed: `failed N`. */
public class CallLoad {
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 200;
  private static final long TOLD_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Greeter greeter;
  private long acknowledged;
  private long failed;
  private long longestGapNs;
  private long latestNs = System.nanoTime();
  private long toldNs;

  private CallLoad(Greeter greeter) {
    this.greeter = greeter;
  }

  public static void main(String[] args) throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    CallLoad load = new CallLoad(Shop.greeter(Shop.application("shop-load", args[0])));
    Thread input = new Thread(() -> awaitEndOfInput(ended));
    input.setDaemon(true);
    input.start();
    load.run(ended);
    System.exit(0);
  }

  private static void awaitEndOfInput(AtomicBoolean ended) {
    try {
      while (System.in.read() != -1) continue;
    } catch (IOException ignored) {
      // Closed is the same as ended.
    }
    ended.set(true);
  }

  private void run(AtomicBoolean ended) throws InterruptedException {
    System.out.println("ready");
    latestNs = System.nanoTime();
    long nextNs = latestNs;
    for (long number = 0; !ended.get(); number++) {
      call(number);
      nextNs = Math.max(nextNs + INTERVAL_NS, System.nanoTime() - INTERVAL_NS);
      TimeUnit.NANOSECONDS.sleep(nextNs - System.nanoTime());
    }
    longestGapNs = Math.max(longestGapNs, System.nanoTime() - latestNs);
    System.out.println("failed " + failed);
    System.out.println("acknowledged " + acknowledged);
    System.out.printf(
        "end {\"acknowledged\": %d, \"longestGapMs\": %d}%n",
        acknowledged, TimeUnit.NANOSECONDS.toMillis(longestGapNs));
  }

  private void call(long number) {
    try {
      String answer = greeter.greet(number);
      if (!answer.startsWith(number + " ")) throw new IllegalStateException("another one's answer: " + answer);
      acknowledge();
    } catch (RuntimeException failure) {
      failed++;
      System.out.println("call " + number + " failed: " + failure);
    }
  }

  private void acknowledge() {
    long nowNs = System.nanoTime();
    longestGapNs = Math.max(longestGapNs, nowNs - latestNs);
    latestNs = nowNs;
    acknowledged++;
    if (nowNs - toldNs < TOLD_EVERY_NS) return;
    toldNs = nowNs;
    System.out.println("acknowledged " + acknowledged);
  }
}
