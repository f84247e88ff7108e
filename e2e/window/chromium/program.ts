/** A Chromium that runs here. */
export interface Program {
  readonly path: string;
  /** What it needs besides the environment of this process. */
  readonly environment: Readonly<Record<string, string>>;
}
