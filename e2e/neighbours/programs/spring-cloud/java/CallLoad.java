package shop;

import load.Acknowledgements;
import load.EndOfInput;
import load.Pace;
import org.springframework.web.client.RestTemplate;

/** Each call is acknowledged by the answer to it. Ends with how many failed: `failed N`. */
public class CallLoad {
  private static final long CALLS_A_SECOND = 50;

  private final RestTemplate service;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private long failed;

  private CallLoad(RestTemplate service) {
    this.service = service;
  }

  public static void main(String[] args) throws InterruptedException {
    new CallLoad(Client.start(args)).run();
    System.exit(0);
  }

  private void run() throws InterruptedException {
    EndOfInput end = new EndOfInput();
    acknowledgements.begin();
    Pace pace = new Pace(CALLS_A_SECOND);
    for (long number = 0; !end.isReached(); number++) {
      call(number);
      pace.await();
    }
    System.out.println("failed " + failed);
    acknowledgements.end();
  }

  private void call(long number) {
    try {
      Client.call(service, number);
      acknowledgements.add();
    } catch (IllegalStateException failure) {
      failed++;
      System.out.println(failure + ": " + failure.getCause());
    }
  }
}
