/** What this package needs of a schema: the Standard Schema's interface, version 1, which zod, valibot, arktype and others offer. */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A value that is not of the shape that it ought to have. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  readonly code = 'INVALID_VALUE';
  readonly path: string;
  readonly issues: readonly SchemaIssue[];

  constructor(path: string, issues: readonly SchemaIssue[]) {
    super(`${path}: ${issues.map(textOf).join('; ')}`);
    this.path = path;
    this.issues = issues;
  }
}

export async function validated<T>(path: string, value: unknown, schema: Schema<T>): Promise<T> {
  const result = await schema['~standard'].validate(value);
  if (result.issues !== undefined) throw new InvalidValueError(path, result.issues);
  return result.value;
}

function textOf({ message, path = [] }: SchemaIssue): string {
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return where === '' ? message : `${where}: ${message}`;
}
