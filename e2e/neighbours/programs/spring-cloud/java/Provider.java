package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A service of the name `greeter`: `GET /greet?number=7` is answered by `7 <greeting> <its port>`. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Greeting.class)
@RestController
public class Provider {
  private final Greeting greeting;
  private final String port = System.getProperty("server.port");

  public Provider(Greeting greeting) {
    this.greeting = greeting;
  }

  public static void main(String[] args) {
    SpringApplication.run(Provider.class, args);
    System.out.println("provider ready");
  }

  @GetMapping("/greet")
  public String greet(@RequestParam("number") long number) {
    return number + " " + greeting.word() + " " + port;
  }
}
