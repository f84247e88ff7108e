package org.apache.curator.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/**
 * Stands in for the class of this name by which Curator's tests start Apache ZooKeeper, first on the class path: it starts rookery-server with the same
 * settings. ROOKERY_SERVER is its path, CURATOR_MEMBER_LOGS a folder for what members say.
 */
public class ZooKeeperServerEmbeddedAdapter implements ZooKeeperMainFace {
  private static final String LOOPBACK = "127.0.0.1";
  private static final long START_TIMEOUT_MS = 60_000;
  private static final long STOP_TIMEOUT_MS = 20_000;
  private static final int ANSWER_TIMEOUT_MS = 5_000;
  private static final long LOOK_MS = 20;
  private static final List<String> TAKEN = List.of(
      "readonlymode.enabled",
      "znode.container.checkIntervalMs",
      "zookeeper.extendedTypesEnabled",
      "zookeeper.DigestAuthenticationProvider.superDigest",
      "java.security.auth.login.config");
  private static final AtomicInteger started = new AtomicInteger();

  private Process process;
  private int clientPort;
  private File log;

  @Override
  public void start(QuorumPeerConfigBuilder builder) {
    try {
      Map<String, String> settings = settingsOf(builder.buildProperties());
      boolean isAlone = settings.keySet().stream().noneMatch(key -> key.startsWith("server."));
      clientPort = Integer.parseInt(settings.getOrDefault("clientPort", "0"));
      if (clientPort == 0) clientPort = freePort();
      settings.put("clientPort", Integer.toString(clientPort));
      settings.put("clientPortAddress", LOOPBACK);
      settings.put("admin.enableServer", "false");
      settings.put("4lw.commands.whitelist", "*");
      String name = "member-" + ProcessHandle.current().pid() + "-" + started.incrementAndGet();
      Path folder = Path.of(System.getenv("CURATOR_MEMBER_LOGS"));
      Path config = folder.resolve(name + ".cfg");
      Stream<String> lines = settings.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue());
      Files.write(config, lines.collect(Collectors.toList()));
      log = folder.resolve(name + ".log").toFile();
      ProcessBuilder member = new ProcessBuilder(System.getenv("ROOKERY_SERVER"), config.toString());
      process = member.redirectErrorStream(true).redirectOutput(log).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      awaitServing(isAlone);
    } catch (Exception error) {
      kill();
      throw new FailedServerStartException(error);
    }
  }

  @Override
  public int getClientPort() {
    return clientPort;
  }

  @Override
  public void kill() {
    if (process == null) return;
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    if (process == null) return;
    process.destroy();
    if (!awaitEnd()) kill();
  }

  /** With the system properties that ZooKeeper takes for keys of a zoo.cfg. */
  private static Map<String, String> settingsOf(Properties properties) {
    Map<String, String> settings = new TreeMap<>();
    Properties system = System.getProperties();
    for (String name : system.stringPropertyNames()) {
      if (name.startsWith("zookeeper.authProvider.")) settings.put(name.substring("zookeeper.".length()), system.getProperty(name));
    }
    for (String name : TAKEN) {
      if (system.containsKey(name)) settings.put(name.replaceFirst("^zookeeper\\.", ""), system.getProperty(name));
    }
    // Some switch it on for all servers of their process.
    if (QuorumPeerConfig.isReconfigEnabled()) settings.put("reconfigEnabled", "true");
    for (String name : properties.stringPropertyNames()) settings.put(name, properties.getProperty(name));
    return settings;
  }

  /** A member of several serves once most of them do, and they are started one after the other: it is enough that it listens. */
  private void awaitServing(boolean isAlone) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
    while (!(isAlone ? serves() : listens())) {
      if (!process.isAlive()) throw new IllegalStateException("the member has ended: " + Files.readString(log.toPath()));
      if (System.nanoTime() > deadline) throw new IllegalStateException("the member serves nobody: " + log);
      Thread.sleep(LOOK_MS);
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, clientPort), ANSWER_TIMEOUT_MS);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private boolean serves() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, clientPort), ANSWER_TIMEOUT_MS);
      socket.setSoTimeout(ANSWER_TIMEOUT_MS);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).contains("Mode: ");
    } catch (IOException refused) {
      return false;
    }
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
