import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.replication.ReplicationPeerConfig;

/** What an administrator does and looks for, a command at a time; ports stand for servers. */
public final class Cluster implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final int LOOK_MS = 200;
  /** HBase's own endpoint that ships nothing: its queues are kept as if it did. */
  private static final String ENDPOINT = "org.apache.hadoop.hbase.replication.VerifyWALEntriesReplicationEndpoint";

  private final Connection connection;
  private final Admin admin;

  private Cluster() throws Exception {
    connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
    admin = connection.getAdmin();
  }

  public static void main(String[] arguments) throws Exception {
    int number = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    try (Cluster cluster = new Cluster()) {
      System.out.println("done " + cluster.done(arguments[0], number));
    }
  }

  private String done(String command, int number) throws Exception {
    switch (command) {
      case "prepare":
        return prepare();
      case "use":
        return use(number);
      case "active-master":
        return String.valueOf(admin.getMaster().getPort());
      case "master-other-than":
        await("another active master", () -> admin.getMaster() != null && admin.getMaster().getPort() != number);
        return String.valueOf(admin.getMaster().getPort());
      case "backup-master":
        await("a backup master", () -> has(List.copyOf(admin.getBackupMasters()), number));
        return "";
      case "server-of-meta":
        return String.valueOf(locations(TableName.META_TABLE_NAME).get(0).getServerName().getPort());
      case "regions-off":
        return regionsOff(number);
      case "server-back":
        await("the server", () -> has(List.copyOf(admin.getRegionServers()), number));
        admin.balance();
        return "";
      default:
        throw new IllegalArgumentException("no command " + command);
    }
  }

  private String prepare() throws Exception {
    await("two servers", () -> admin.getRegionServers().size() == 2);
    addPeer("kept");
    create(Rows.TABLE, Rows.SPLITS);
    return "";
  }

  /** Everything of it goes through znodes: the servers' names, queues and peers of replication, the barriers of snapshots. */
  private String use(int times) throws Exception {
    TableName name = TableName.valueOf("table-" + times);
    String snapshot = "snapshot-" + times;
    String peer = "peer" + times;
    create(name, new byte[][] {Rows.key(8)});
    try (Table table = connection.getTable(name)) {
      for (int row = 0; row < 32; row++) table.put(Rows.put(row));
      HRegionLocation moved = locations(name).get(0);
      ServerName target = otherThan(moved.getServerName());
      // A master that is not done with the end of the server which ran there before opens the region elsewhere: it is asked again.
      await("the region at " + target, () -> {
        admin.move(moved.getRegion().getEncodedNameAsBytes(), target);
        return locations(name).get(0).getServerName().equals(target);
      });
      for (ServerName server : admin.getRegionServers()) admin.rollWALWriter(server);
      admin.snapshot(snapshot, name);
      addPeer(peer);
      admin.disableReplicationPeer(peer);
      if (admin.listSnapshots().stream().noneMatch(each -> each.getName().equals(snapshot)))
        throw new IllegalStateException(snapshot + " was taken and is not listed");
      if (admin.listReplicationPeers().stream().noneMatch(each -> each.getPeerId().equals(peer) && !each.isEnabled()))
        throw new IllegalStateException(peer + " was made and disabled and is not listed so");
      for (int row = 0; row < 32; row++)
        if (!table.exists(new Get(Rows.key(row)))) throw new IllegalStateException("row " + row + " of " + name + " is gone");
    }
    admin.removeReplicationPeer(peer);
    admin.deleteSnapshot(snapshot);
    admin.disableTable(name);
    admin.deleteTable(name);
    if (admin.tableExists(name)) throw new IllegalStateException(name + " was deleted and is there");
    return "";
  }

  private String regionsOff(int port) throws Exception {
    await("no server at " + port, () -> !has(List.copyOf(admin.getRegionServers()), port));
    await("all regions elsewhere", () -> isElsewhere(TableName.META_TABLE_NAME, port) && isElsewhere(Rows.TABLE, port));
    try (Table table = connection.getTable(Rows.TABLE)) {
      for (int row = 0; row < 16; row++)
        if (!table.exists(new Get(Rows.key(row)))) throw new IllegalStateException("row " + row + " is gone");
    }
    return String.valueOf(locations(Rows.TABLE).size());
  }

  private void create(TableName name, byte[][] splits) throws Exception {
    admin.createTable(
        TableDescriptorBuilder.newBuilder(name)
            .setColumnFamily(
                ColumnFamilyDescriptorBuilder.newBuilder(Rows.FAMILY)
                    .setScope(HConstants.REPLICATION_SCOPE_GLOBAL)
                    .build())
            .build(),
        splits);
  }

  private void addPeer(String peer) throws Exception {
    admin.addReplicationPeer(
        peer, ReplicationPeerConfig.newBuilder().setReplicationEndpointImpl(ENDPOINT).build());
  }

  private List<HRegionLocation> locations(TableName name) throws Exception {
    try (RegionLocator locator = connection.getRegionLocator(name)) {
      locator.clearRegionLocationCache();
      return locator.getAllRegionLocations();
    }
  }

  private boolean isElsewhere(TableName name, int port) throws Exception {
    return locations(name).stream()
        .allMatch(each -> each.getServerName() != null && each.getServerName().getPort() != port);
  }

  private ServerName otherThan(ServerName server) throws Exception {
    return admin.getRegionServers().stream()
        .filter(each -> !each.equals(server))
        .findAny()
        .orElseThrow(() -> new IllegalStateException("no server beside " + server));
  }

  private static boolean has(List<ServerName> servers, int port) {
    return servers.stream().anyMatch(each -> each.getPort() == port);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  /** Where it fails while a master or a server is gone, that is no more than not yet. */
  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Exception latest = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) return;
      } catch (java.io.IOException failure) {
        latest = failure;
      }
      Thread.sleep(LOOK_MS);
    }
    throw new IllegalStateException("not in " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s: " + what, latest);
  }

  @Override
  public void close() throws Exception {
    admin.close();
    connection.close();
  }
}
