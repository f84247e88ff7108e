import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * What brokers keep in the coordination service, and tell each other through it: Exercise BOOTSTRAP BOOTSTRAP_OF_USERS TIMES. What the exercise before made
 * has to be there, and is removed; the same is made again under another name, used and moved.
 */
public final class Exercise {
  public static void main(String[] arguments) throws Exception {
    String usersBootstrap = arguments[1];
    int times = Integer.parseInt(arguments[2]);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      if (times > 0) {
        Possessions before = new Possessions(admin, user(times - 1), topic(times - 1));
        before.check();
        before.remove();
        Principal gone = new Principal(usersBootstrap, user(times - 1));
        Waiting.until("brokers know " + user(times - 1) + " no more", () -> gone.write(topic(times - 1), 0).equals("unknown"));
      }
      new Possessions(admin, user(times), topic(times)).make();
      Principal user = new Principal(usersBootstrap, user(times));
      // Each is led by another broker, which has to know the user and the ACL.
      for (int partition = 0; partition < Possessions.PARTITIONS; partition++) {
        int of = partition;
        Waiting.until("a record of " + user(times) + " in partition " + of, () -> user.write(topic(times), of).equals("written"));
      }
      String elsewhere = user.write("not-for-users", 0);
      if (!elsewhere.equals("refused")) throw new IllegalStateException("a topic without an ACL: " + elsewhere);
      new Movement(admin, topic(times)).run(2, 3);
    }
    System.out.println("exercised");
  }

  private static String user(int times) {
    return "user-" + times;
  }

  private static String topic(int times) {
    return "exercise-" + times;
  }
}
