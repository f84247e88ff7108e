import java.util.Set;
import java.util.TreeSet;

/** `Consumer <connect>`: calls all the time; says who answers, and with what greeting, as that changes: `answered by provider-1 provider-2 with hello`. */
public class Consumer {
  private static final int CALLS_OF_A_LOOK = 20;
  private static final long INTERVAL_MS = 25;

  public static void main(String[] args) throws InterruptedException {
    Greeter greeter = Shop.greeter(Shop.application("shop-window", args[0]));
    System.out.println("consumer ready");
    String told = "";
    for (long number = 0; ; ) {
      Set<String> providers = new TreeSet<>();
      Set<String> greetings = new TreeSet<>();
      for (int call = 0; call < CALLS_OF_A_LOOK; call++, number++) {
        String[] answer = greeter.greet(number).split(" ");
        greetings.add(answer[1]);
        providers.add(answer[2]);
        Thread.sleep(INTERVAL_MS);
      }
      String account = "answered by " + String.join(" ", providers) + " with " + String.join(" ", greetings);
      if (!account.equals(told)) System.out.println(account);
      told = account;
    }
  }
}
