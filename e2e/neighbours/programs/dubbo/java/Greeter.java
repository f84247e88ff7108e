/** The service that the providers have. */
public interface Greeter {
  /** `<number> <greeting> <provider>`. */
  String greet(long number);
}
