import { Program } from '../clients/program.ts';

/** Runs a program that has to end with 0, and resolves with its first line that begins with `prefix`, without that; rejects with all that it said. */
export async function said(
  [file, ...args]: readonly [string, ...string[]],
  prefix: string,
  timeoutMs = 240_000,
): Promise<string> {
  const program = new Program(file, args);
  await program.success(timeoutMs);
  return program.line(prefix, 0);
}
