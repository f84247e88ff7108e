import org.apache.dubbo.common.config.configcenter.DynamicConfiguration;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** `Provider <connect> <name> <port>`: greets, with the greeting that the config center has. */
public class Provider implements Greeter {
  /** 127.0.0.1 as one number: told 127.0.0.1, Dubbo binds to all addresses, and registers another of them. */
  private static final String THIS_MACHINE = "2130706433";

  private final String name;
  private volatile String greeting = "hello";

  private Provider(String name) {
    this.name = name;
  }

  public static void main(String[] args) {
    Provider provider = new Provider(args[1]);
    ProtocolConfig protocol = new ProtocolConfig("dubbo", Integer.parseInt(args[2]));
    protocol.setHost(THIS_MACHINE);
    ServiceConfig<Greeter> service = new ServiceConfig<>();
    service.setInterface(Greeter.class);
    service.setRef(provider);
    // It is called at once as much as the others, instead of ever more in its first ten minutes.
    service.setWarmup(1);
    DubboBootstrap application =
        Shop.application(Shop.PROVIDERS, args[0]).protocol(protocol).service(service).start();
    provider.follow(
        application.getApplicationModel().modelEnvironment().getDynamicConfiguration().orElseThrow());
    System.out.println("provider ready");
    application.await();
  }

  private void follow(DynamicConfiguration configuration) {
    configuration.addListener(Shop.GREETING, Shop.GROUP, event -> use(event.getContent()));
    use(configuration.getConfig(Shop.GREETING, Shop.GROUP));
  }

  private void use(String configured) {
    if (configured == null || configured.equals(greeting)) return;
    greeting = configured;
    System.out.println("greets with " + greeting);
  }

  @Override
  public String greet(long number) {
    return number + " " + greeting + " " + name;
  }
}
