import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What the sink has committed: files that are not hidden do not change any more. */
final class CommittedFiles {
  private final Path folder;
  private final Set<Path> seen = new HashSet<>();
  private long lines;

  CommittedFiles(String folder) {
    this.folder = Path.of(folder);
  }

  /** How many lines there are, in all. */
  long lines() throws IOException {
    if (!Files.isDirectory(folder)) return 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> !file.getFileName().toString().startsWith("."))) {
      for (Path file : files) {
        if (seen.add(file)) lines += Files.readAllLines(file).size();
      }
    }
    return lines;
  }
}
