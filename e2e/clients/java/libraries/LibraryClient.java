import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;

/** ZooKeeper's own client in Java. What it prints and is told: libraries/library-client.ts. */
public final class LibraryClient {
  public static void main(String[] arguments) throws Exception {
    try {
      Load load = new Load();
      ZooKeeper zk = Sessions.connect(load::count);
      zk.create(Sessions.ROOT, new byte[0], Sessions.OPEN, CreateMode.PERSISTENT);
      Checks.all(zk);
      load.run(zk);
      zk.close();
    } catch (Exception error) {
      System.out.println("failed " + error.getMessage());
      error.printStackTrace();
      System.exit(1);
    }
  }
}
