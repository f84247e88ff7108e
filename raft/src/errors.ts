/** Which invariant did not hold. Callers match codes, never messages. */
export type InvariantCode =
  | 'committed-entry-conflict'
  | 'committed-entry-missing'
  | 'unknown-write'
  | 'unknown-ready'
  | 'log-gap'
  | 'recovered-log-gap'
  | 'compacted-beyond-applied';

/**
 * Something that Raft proves impossible has happened, in the core or in the program around it. To continue could lose
 * acknowledged data: the member must stop.
 */
export class InvariantViolation extends Error {
  override readonly name: string = 'InvariantViolation';
  readonly code: InvariantCode;

  constructor(code: InvariantCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The bytes handed to `decodeConfiguration` are no configuration. */
export class MalformedConfiguration extends Error {
  override readonly name: string = 'MalformedConfiguration';
  readonly code = 'malformed-configuration';

  constructor(message: string) {
    super(message);
  }
}

/** An option of `new Raft` is outside what is allowed; `option` names it. */
export class InvalidOption extends Error {
  override readonly name: string = 'InvalidOption';
  readonly code = 'invalid-option';
  readonly option: string;

  constructor(option: string, allowed: string) {
    super(`${option} must be ${allowed}`);
    this.option = option;
  }
}
