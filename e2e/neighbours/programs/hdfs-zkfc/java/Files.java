import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.HdfsConfiguration;

/** Writes small files 0, 1, 2, … one after the other, each until it is closed; a hundred to a directory. */
public final class Files {
  private static final int PER_DIRECTORY = 100;
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long TOLD_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

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
    Thread end = new Thread(Files::awaitEndOfInput);
    end.setDaemon(true);
    end.start();
    Configuration configuration = new HdfsConfiguration();
    try (FileSystem files = FileSystem.get(configuration)) {
      System.out.println("ready");
      int acknowledged = 0;
      long longestGap = 0;
      long last = System.nanoTime();
      long told = last;
      while (end.isAlive()) {
        if (!isWritten(files, acknowledged)) continue;
        acknowledged++;
        long now = System.nanoTime();
        longestGap = Math.max(longestGap, now - last);
        if (now - told >= TOLD_EVERY_NANOS) {
          System.out.println("acknowledged " + acknowledged);
          told = now;
        }
        TimeUnit.NANOSECONDS.sleep(EVERY_NANOS - (now - last));
        last = now;
      }
      longestGap = Math.max(longestGap, System.nanoTime() - last);
      System.out.println("acknowledged " + acknowledged);
      System.out.printf(
          "end {\"acknowledged\": %d, \"longestGapMs\": %d}%n",
          acknowledged, TimeUnit.NANOSECONDS.toMillis(longestGap));
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

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException broken) {
      System.out.println("the input broke: " + broken);
    }
  }
}
