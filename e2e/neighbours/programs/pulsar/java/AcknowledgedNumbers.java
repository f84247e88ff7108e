import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** Which numbers were acknowledged, for who reads them back. */
final class AcknowledgedNumbers {
  private final BitSet numbers = new BitSet();

  synchronized void add(int number) {
    numbers.set(number);
  }

  synchronized void writeTo(Path file) throws IOException {
    Files.write(file, numbers.toByteArray());
  }

  static BitSet readFrom(Path file) throws IOException {
    return BitSet.valueOf(Files.readAllBytes(file));
  }
}
