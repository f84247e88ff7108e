import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * Writes the numbers from 0 on, each with how many the state of the job has seen by then, one a line. A file appears in the folder once the checkpoint
 * that covers it is complete. Each number is there once, with itself plus one beside it: unless the job went on from an older checkpoint, or from none.
 */
final class CountingJob {
  static final String NAME = "counting";
  private static final double NUMBERS_PER_SECOND = 200;

  private CountingJob() {}

  static void describe(StreamExecutionEnvironment environment, String folder) {
    DataGeneratorSource<Long> numbers = new DataGeneratorSource<>(
        number -> number, Long.MAX_VALUE, RateLimiterStrategy.perSecond(NUMBERS_PER_SECOND), Types.LONG);
    FileSink<String> files = FileSink.forRowFormat(new Path(folder), new SimpleStringEncoder<String>())
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .build();
    environment.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
        .keyBy(number -> 0, Types.INT)
        .map(new Counted())
        .sinkTo(files);
  }

  private static final class Counted extends RichMapFunction<Long, String> {
    private transient ValueState<Long> count;

    @Override
    public void open(OpenContext context) {
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public String map(Long number) throws Exception {
      Long before = count.value();
      long now = (before == null ? 0 : before) + 1;
      count.update(now);
      return number + " " + now;
    }
  }
}
