import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** As python/migrating.py: the Java client as it is, and Curator with a leader latch. */
public final class Migrating {
    private static final int TIMEOUT_MS = 40_000;
    private static volatile boolean lost;

    private Migrating() {}

    public static void main(String[] args) throws Exception {
        String hosts = System.getenv("HOSTS");
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(2);
        ZooKeeper plain = new ZooKeeper(hosts, TIMEOUT_MS, event -> {
            switch (event.getState()) {
                case SyncConnected -> {
                    connected.countDown();
                    again.countDown();
                }
                case Expired -> lost = true;
                default -> { }
            }
        });
        await(connected);
        plain.create("/java", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        plain.create("/java/held", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        for (int i = 0; i < 3; i++) number(plain);

        CuratorFramework curator = CuratorFrameworkFactory.builder()
            .connectString(hosts)
            .sessionTimeoutMs(TIMEOUT_MS)
            .connectionTimeoutMs(5_000)
            .retryPolicy(new RetryForever(200))
            .build();
        CountDownLatch reconnected = new CountDownLatch(1);
        curator.getConnectionStateListenable().addListener((client, state) -> {
            if (state == ConnectionState.LOST) lost = true;
            if (state == ConnectionState.RECONNECTED) reconnected.countDown();
        });
        curator.start();
        LeaderLatch latch = new LeaderLatch(curator, "/java-latch", "me");
        latch.start();
        latch.await();
        String led = latch.getOurPath();
        System.out.println("ready");

        Scanner in = new Scanner(System.in);
        if (!in.nextLine().equals("moved")) throw new IllegalStateException("expected the word moved");
        await(again);
        await(reconnected);
        if (lost) throw new IllegalStateException("a session was lost");
        Stat held = plain.exists("/java/held", false);
        if (held == null) throw new IllegalStateException("the ephemeral node is gone");
        if (held.getEphemeralOwner() != plain.getSessionId())
            throw new IllegalStateException("the ephemeral node is another session's");
        String next = number(plain);
        if (!next.equals("/java/n-0000000004")) throw new IllegalStateException("the next number is that of " + next);
        Stat latched = curator.checkExists().forPath(led);
        if (latched == null) throw new IllegalStateException("the latch's node is gone");
        if (latched.getEphemeralOwner() != curator.getZookeeperClient().getZooKeeper().getSessionId())
            throw new IllegalStateException("the latch's node is another session's");
        latch.await(30, TimeUnit.SECONDS);
        if (!latch.hasLeadership()) throw new IllegalStateException("who led does not lead any more");
        latch.close();
        curator.close();
        plain.close();
        System.out.println("done");
        System.exit(0);
    }

    private static String number(ZooKeeper client) throws Exception {
        return client.create("/java/n-", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) throw new IllegalStateException("not connected in 60 s");
    }
}
