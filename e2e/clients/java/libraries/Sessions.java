import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ClientCnxnSocketNetty;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.data.ACL;

/** What checks and load share: a session, and texts as nodes hold them. */
final class Sessions {
  static final String ROOT = "/libraries/" + System.getenv("NAME");
  static final List<ACL> OPEN = ZooDefs.Ids.OPEN_ACL_UNSAFE;
  private static final int SESSION_TIMEOUT_MS = 15_000;
  private static final long START_TIMEOUT_MS = 30_000;

  private Sessions() {}

  /** By TLS where CERTIFICATES names a folder. */
  static ZooKeeper connect(Watcher watcher) throws Exception {
    ZKClientConfig config = new ZKClientConfig();
    String folder = System.getenv("CERTIFICATES");
    if (folder != null) {
      config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
      config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, ClientCnxnSocketNetty.class.getName());
      try (ClientX509Util names = new ClientX509Util()) {
        config.setProperty(names.getSslKeystoreLocationProperty(), folder + "/tls.pem");
        config.setProperty(names.getSslTruststoreLocationProperty(), folder + "/ca.pem");
      }
    }
    CountDownLatch connected = new CountDownLatch(1);
    Watcher both = event -> {
      if (event.getState() == KeeperState.SyncConnected) connected.countDown();
      watcher.process(event);
    };
    ZooKeeper zk = new ZooKeeper(System.getenv("HOSTS"), SESSION_TIMEOUT_MS, both, config);
    if (!connected.await(START_TIMEOUT_MS, TimeUnit.MILLISECONDS)) throw new IllegalStateException("no session");
    return zk;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
