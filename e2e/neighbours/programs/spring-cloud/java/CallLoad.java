package shop;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.web.client.RestTemplate;

/** Each call is acknowledged by the answer to it. Ends with how many failed: `failed N`. */
public class CallLoad {
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 50;
  private static final long TOLD_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final RestTemplate service;
  private long acknowledged;
  private long failed;
  private long longestGapNs;
  private long latestNs;
  private long toldNs;

  private CallLoad(RestTemplate service) {
    this.service = service;
  }

  public static void main(String[] args) throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    CallLoad load = new CallLoad(Client.start(args));
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
      Client.call(service, number);
      acknowledge();
    } catch (IllegalStateException failure) {
      failed++;
      System.out.println(failure + ": " + failure.getCause());
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
