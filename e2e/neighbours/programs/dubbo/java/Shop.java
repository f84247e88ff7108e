import java.util.Map;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** What the applications have in common: the registry, which is the config center and has the metadata, too. */
class Shop {
  static final String PROVIDERS = "shop-provider";
  static final String GREETING = "greeting";
  static final String GROUP = "dubbo";
  /** Dubbo's default is a minute: what a killed provider had registered would outlive the run. */
  static final int SESSION_TIMEOUT_MS = 10_000;
  /** The machine may be busy; Dubbo's default is a second. A call that was on its way to a provider that was killed may take as long. */
  private static final int CALL_TIMEOUT_MS = 3_000;

  private Shop() {}

  /** @param connect `host:port,host:port,host:port` */
  static DubboBootstrap application(String name, String connect) {
    ApplicationConfig application = new ApplicationConfig(name);
    application.setQosEnable(false);
    // Into ZooKeeper, too, instead of being asked of each provider.
    application.setMetadataType("remote");
    String[] members = connect.split(",", 2);
    RegistryConfig registry = new RegistryConfig("zookeeper://" + members[0] + "?backup=" + members[1]);
    registry.setParameters(Map.of("session", Integer.toString(SESSION_TIMEOUT_MS)));
    return DubboBootstrap.getInstance().application(application).registry(registry);
  }

  /** As many calls as Dubbo tries by default: another provider is asked where one fails. */
  static Greeter greeter(DubboBootstrap application) {
    ReferenceConfig<Greeter> reference = new ReferenceConfig<>();
    reference.setInterface(Greeter.class);
    reference.setTimeout(CALL_TIMEOUT_MS);
    application.reference(reference).start();
    return reference.get();
  }
}
