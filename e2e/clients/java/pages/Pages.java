import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.helix.zookeeper.api.client.HelixZkClient;
import org.apache.helix.zookeeper.impl.factory.DedicatedZkClientFactory;
import org.apache.zookeeper.ChildrenByPages;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * Lists of children by pages at HOSTS, asked for by themselves and by Helix. {@code fill} makes more children than a list has room for; {@code list} has all
 * of them by pages; {@code without} has no pages, and Helix lists the children of a node as before. Ends with 1 where something is not so.
 */
public final class Pages {
    private static final String HOSTS = System.getenv("HOSTS");
    private static final String MANY = "/many";
    private static final String FEW = "/few";
    /** Their names are longer than what clients take of one reply, 0xfffff bytes. */
    private static final int CHILDREN = 26_000;
    private static final int PER_MULTI = 1_000;
    private static final int PATIENCE_S = 30;

    private Pages() {}

    public static void main(String[] args) throws Exception {
        ChildrenByPages.addToClient();
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zooKeeper = new ZooKeeper(HOSTS, 10_000, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) connected.countDown();
            if (event.getType() == Watcher.Event.EventType.NodeChildrenChanged) told.countDown();
        });
        await(connected, "a session");
        switch (args[0]) {
            case "fill": fill(zooKeeper); break;
            case "list": list(zooKeeper, told); break;
            case "without": without(zooKeeper); break;
            default: throw new IllegalArgumentException(args[0]);
        }
        zooKeeper.close();
        System.out.println("done " + ChildrenByPages.pages + " pages");
        // Helix leaves threads that go on.
        System.exit(0);
    }

    private static void fill(ZooKeeper zooKeeper) throws Exception {
        for (String path : new String[] {MANY, FEW, FEW + "/a", FEW + "/b"})
            zooKeeper.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        for (int at = 0; at < CHILDREN; at += PER_MULTI) {
            List<Op> ops = new ArrayList<>();
            for (int child = at; child < at + PER_MULTI; child++)
                ops.add(Op.create(
                    MANY + "/" + nameOf(child), new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            zooKeeper.multi(ops);
        }
    }

    private static void list(ZooKeeper zooKeeper, CountDownLatch told) throws Exception {
        try {
            zooKeeper.getChildren(MANY, false);
            throw new AssertionError("a plain list of all children was read: there are too few of them");
        } catch (KeeperException.ConnectionLossException expected) {
            // The client closes a connection over which more comes than it takes.
        }
        zooKeeper.sync(MANY, (code, path, context) -> {}, null);
        checkAll("by pages", ChildrenByPages.all(zooKeeper, MANY, true));
        int before = ChildrenByPages.pages;
        if (before < 2) throw new AssertionError("all children came in one page");
        HelixZkClient helix = helix();
        checkAll("by Helix", helix.getChildren(MANY));
        if (ChildrenByPages.pages == before) throw new AssertionError("Helix asked for no page");
        String added = MANY + "/added";
        helix.createPersistent(added);
        await(told, "the watch that the last page left");
        helix.delete(added);
        helix.close();
    }

    private static void without(ZooKeeper zooKeeper) throws Exception {
        try {
            ChildrenByPages.all(zooKeeper, FEW, false);
            throw new AssertionError("there are pages, though they were not switched on");
        } catch (KeeperException.UnimplementedException expected) {
            // As of Apache's.
        }
        HelixZkClient helix = helix();
        Set<String> children = new HashSet<>(helix.getChildren(FEW));
        if (!children.equals(Set.of("a", "b"))) throw new AssertionError("Helix lists " + children);
        helix.close();
    }

    private static HelixZkClient helix() {
        return DedicatedZkClientFactory.getInstance()
            .buildZkClient(new HelixZkClient.ZkConnectionConfig(HOSTS), new HelixZkClient.ZkClientConfig());
    }

    private static void checkAll(String how, List<String> children) {
        Set<String> left = new HashSet<>(children);
        if (left.size() != children.size()) throw new AssertionError("a child came twice " + how);
        for (int child = 0; child < CHILDREN; child++)
            if (!left.remove(nameOf(child))) throw new AssertionError(nameOf(child) + " did not come " + how);
        if (!left.isEmpty()) throw new AssertionError(left.size() + " that are none came " + how);
    }

    private static String nameOf(int child) {
        String name = "child-" + child;
        return name + "-".repeat(40 - name.getBytes(StandardCharsets.UTF_8).length);
    }

    private static void await(CountDownLatch latch, String what) throws InterruptedException {
        if (!latch.await(PATIENCE_S, TimeUnit.SECONDS)) throw new AssertionError(what + " did not come");
    }
}
