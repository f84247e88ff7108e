package shop;

import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.client.RestTemplate;

/** Calls all the time; says who answers, and with what greeting, as that changes: `answered by <port> <port> with hello`. */
public class Consumer {
  private static final int CALLS_OF_A_LOOK = 15;
  private static final long INTERVAL_MS = 40;

  public static void main(String[] args) throws InterruptedException {
    RestTemplate service = Client.start(args);
    System.out.println("consumer ready");
    String told = "";
    for (long number = 0; ; ) {
      Set<String> ports = new TreeSet<>();
      Set<String> greetings = new TreeSet<>();
      for (int call = 0; call < CALLS_OF_A_LOOK; call++, number++) {
        String[] answer = Client.call(service, number).split(" ");
        greetings.add(answer[1]);
        ports.add(answer[2]);
        Thread.sleep(INTERVAL_MS);
      }
      String account = "answered by " + String.join(" ", ports) + " with " + String.join(" ", greetings);
      if (!account.equals(told)) System.out.println(account);
      told = account;
    }
  }
}
