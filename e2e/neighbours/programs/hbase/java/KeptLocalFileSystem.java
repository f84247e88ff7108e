import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * Hadoop's local file system keeps what a writer has flushed in the writer's own memory until a checksum is due: a region server that is killed would lose
 * acknowledged puts, whatever its coordination service does. Without checksums, what is flushed is the operating system's.
 */
public final class KeptLocalFileSystem extends LocalFileSystem {
  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    setWriteChecksum(false);
    setVerifyChecksum(false);
  }
}
