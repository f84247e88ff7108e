import { Absent, Refusal, Unreachable, UsageError } from '../failures.ts';

/** What kubectl says on stderr, and what it means; the first that fits counts. */
const meanings: readonly { readonly says: RegExp; readonly is: (words: string) => Error }[] = [
  // The words are those of the program in the pod, and nothing in them is about Kubernetes.
  { says: /command terminated with exit code \d+/, is: (words) => new Refusal(words) },
  {
    says: /doesn't have a resource type "coordinationclusters?"|no matches for kind "CoordinationCluster"/,
    is: () =>
      new Absent(
        'this Kubernetes knows no CoordinationCluster: the chart of the operator brings it; or is it another --context?',
      ),
  },
  { says: /\(NotFound\)/, is: (words) => new Absent(words) },
  {
    says: /\(Forbidden\)|\(Unauthorized\)|must be logged in|provide credentials/,
    is: (words) => new Refusal(`${words}; ask who administers this Kubernetes for the right to do so`),
  },
  {
    says: /Unable to connect|connection to the server|i\/o timeout|deadline exceeded|no such host|TLS handshake|ServiceUnavailable/,
    is: (words) => new Unreachable(`${words}; is it the right --context?`),
  },
  {
    says: /context "[^"]*" does not exist|context was not found|no configuration has been provided|no such file|invalid configuration|error loading config|unknown flag/,
    is: (words) => new UsageError(words),
  },
];

/** What it means that kubectl has ended with an error: an error for the person, in kubectl's own words. */
export function failureOf(stderr: string, exitCode: number | null): Error {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} /.test(line));
  const words = `kubectl: ${lines.join(' ').replaceAll(/\s+/g, ' ') || `it ended with ${exitCode} without a word`}`;
  return meanings.find(({ says }) => says.test(words))?.is(words) ?? new Refusal(words);
}

/** What it means that kubectl could not be started. */
export function startFailureOf(error: NodeJS.ErrnoException): Error {
  return error.code === 'ENOENT'
    ? new Unreachable(
        'there is no kubectl on the PATH: it is asked for everything here, with its contexts and its rights',
      )
    : new Unreachable(`kubectl cannot be started: ${error.message}`);
}
