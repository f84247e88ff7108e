package shop;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.stereotype.Component;

/** Made anew when the configuration in ZooKeeper has changed. */
@Component
@RefreshScope
public class Greeting {
  @Value("${shop.greeting}")
  private String word;

  public String word() {
    return word;
  }
}
