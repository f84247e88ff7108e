import java.io.IOException;
import load.Acknowledgements;
import load.EndOfInput;
import load.Pace;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.HdfsConfiguration;

/** Writes small files 0, 1, 2, … one after the other, each until it is closed; a hundred to a directory. */
public final class Files {
  private static final int PER_DIRECTORY = 100;
  private static final long A_SECOND = 50;

  private Files() {}

  static Path directory(int number) {
    return new Path("/load/" + number / PER_DIRECTORY);
  }

  static Path path(int number) {
    return new Path(directory(number), String.valueOf(number));
  }

  static byte[] content(int number) {
    return ("file " + number + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new HdfsConfiguration();
    try (FileSystem files = FileSystem.get(configuration)) {
      EndOfInput end = new EndOfInput();
      Acknowledgements acknowledgements = new Acknowledgements();
      acknowledgements.begin();
      Pace pace = new Pace(A_SECOND);
      for (int number = 0; !end.isReached(); ) {
        if (!isWritten(files, number)) continue;
        number++;
        acknowledgements.add();
        pace.await();
      }
      acknowledgements.end();
    }
  }

  private static boolean isWritten(FileSystem files, int number) {
    try {
      if (number % PER_DIRECTORY == 0 && !files.mkdirs(directory(number)))
        throw new IOException("no directory of " + path(number));
      try (FSDataOutputStream file = files.create(path(number), true)) {
        file.write(content(number));
      }
      return true;
    } catch (IOException failure) {
      System.out.println("again after " + failure);
      return false;
    }
  }
}
