import type { Context } from '../context.ts';
import type { EnsembleState } from '../ensemble-status/ensemble-status.ts';
import { look, whyUnreached } from '../ensemble-status/look.ts';
import { statusJson } from '../ensemble-status/status-json.ts';
import { statusLines } from '../ensemble-status/status-text.ts';
import { ExitCode } from '../exit-codes.ts';

const exitCodes: Readonly<Record<EnsembleState, ExitCode>> = {
  well: ExitCode.ok,
  degraded: ExitCode.no,
  'no-quorum': ExitCode.unreachable,
  unreachable: ExitCode.unreachable,
};

/** How the ensemble is, on one screen. */
export async function status(context: Context): Promise<ExitCode> {
  const looked = await look(context);
  const { status: found } = looked;
  if (context.json) await context.jsonLine(statusJson(found));
  else if (found.state === 'unreachable') context.note(whyUnreached(looked));
  else for (const line of statusLines(found, context.colours, context.nowMs())) await context.out.line(line);
  return exitCodes[found.state];
}
