/** An error whose message says all there is to know: where it was thrown helps nobody. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** What people are told of an error: where it was thrown, too, unless its message is enough. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? 'failed without saying why');
  return error instanceof Complaint || isOfParseArgs(error) ? error.message : (error.stack ?? error.message);
}

/** Of `parseArgs` of node:util, about an option that it does not know. */
function isOfParseArgs(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
