package load;

import java.nio.file.Files;
import java.nio.file.Path;

/** Prints a file: Cat FILE. An image that holds nothing but Java and a program has no other way. */
public final class Cat {
  public static void main(String[] arguments) throws Exception {
    Files.copy(Path.of(arguments[0]), System.out);
    System.out.flush();
  }
}
