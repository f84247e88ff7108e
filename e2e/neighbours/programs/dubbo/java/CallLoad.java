import load.Acknowledgements;
import load.EndOfInput;
import load.Pace;

/** `CallLoad <connect>`: a consumer; each call is acknowledged by the answer to it. Ends with how many failed: `failed N`. */
public class CallLoad {
  private static final long CALLS_A_SECOND = 200;

  private final Greeter greeter;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private long failed;

  private CallLoad(Greeter greeter) {
    this.greeter = greeter;
  }

  public static void main(String[] args) throws InterruptedException {
    new CallLoad(Shop.greeter(Shop.application("shop-load", args[0]))).run();
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
      String answer = greeter.greet(number);
      if (!answer.startsWith(number + " ")) throw new IllegalStateException("another one's answer: " + answer);
      acknowledgements.add();
    } catch (RuntimeException failure) {
      failed++;
      System.out.println("call " + number + " failed: " + failure);
    }
  }
}
