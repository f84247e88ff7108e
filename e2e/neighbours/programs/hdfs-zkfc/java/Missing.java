import java.io.FileNotFoundException;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;

/** Prints how many of the files 0 to below the given number are not there, or hold something else. */
public final class Missing {
  public static void main(String[] arguments) throws Exception {
    int acknowledged = Integer.parseInt(arguments[0]);
    int missing = 0;
    try (FileSystem files = FileSystem.get(new HdfsConfiguration())) {
      for (int number = 0; number < acknowledged; number++) if (!isThere(files, number)) missing++;
    }
    System.out.println("missing " + missing);
  }

  private static boolean isThere(FileSystem files, int number) throws Exception {
    try (FSDataInputStream file = files.open(Files.path(number))) {
      byte[] content = Files.content(number);
      return Arrays.equals(file.readNBytes(content.length + 1), content);
    } catch (FileNotFoundException gone) {
      return false;
    }
  }
}
