/** Fetches what the tests with real clients need into the cache; does nothing when it is there. `--without java`: no jars. */
import { installZookeeper, missingForZookeeper } from '../../testkit/src/systems/zookeeper-jars.ts';
import { suiteRequirements } from './kazoo/suite.ts';
import { installPython, missingForPython } from './python-venv.ts';

const withoutJava = process.argv.includes('--without') && process.argv.includes('java');
const missing = [missingForPython(), withoutJava ? undefined : missingForZookeeper()].filter(
  (line) => line !== undefined,
);
if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exit(1);
}
console.log(`python: ${installPython(console.log)}`);
console.log(`python of kazoo's own tests: ${installPython(console.log, suiteRequirements)}`);
if (!withoutJava) console.log(`classpath: ${installZookeeper(console.log).classpath}`);
