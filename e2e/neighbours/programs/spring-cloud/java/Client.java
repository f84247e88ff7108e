package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/** Calls the service by its name: the load balancer chooses one of those that the discovery client finds. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Client {
  private static final int TIMEOUT_MS = 3_000;
  /** One that was killed is chosen until its session has ended; nobody but us tries another. */
  private static final int TRIES = 10;

  @Bean
  @LoadBalanced
  public RestTemplate restTemplate() {
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(TIMEOUT_MS);
    requests.setReadTimeout(TIMEOUT_MS);
    return new RestTemplate(requests);
  }

  static RestTemplate start(String[] args) {
    return SpringApplication.run(Client.class, args).getBean(RestTemplate.class);
  }

  /** `<number> <greeting> <port>`, as it was answered. */
  static String call(RestTemplate service, long number) {
    RuntimeException latest = null;
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        String answer = service.getForObject("http://greeter/greet?number=" + number, String.class);
        if (answer == null || !answer.startsWith(number + " "))
          throw new IllegalStateException("another one's answer: " + answer);
        return answer;
      } catch (RuntimeException failure) {
        latest = failure;
      }
    }
    throw new IllegalStateException("call " + number + " failed " + TRIES + " times", latest);
  }
}
