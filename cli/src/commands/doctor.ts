import type { Context } from '../context.ts';
import { diagnose } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { whyUnreached } from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { Unreachable } from '../failures.ts';
import { printable } from '../output/node-text.ts';
import { counted } from '../quantities.ts';

/** What is wrong with the ensemble, and what to do about it. */
export async function doctor(context: Context): Promise<ExitCode> {
  const { looked, examined } = await examine(context);
  if (looked.status.state === 'unreachable') throw new Unreachable(whyUnreached(looked));
  const found = diagnose(examined);
  const wrong = found.filter(({ level }) => level === 'wrong').length;
  for (const each of found)
    await (context.json ? context.jsonLine(jsonOf(each)) : context.out.line(linesOf(context, each)));
  for (const note of looked.status.notes) context.note(note);
  if (!context.json) await context.out.line(summary(wrong, found.length - wrong));
  return wrong === 0 ? ExitCode.ok : ExitCode.no;
}

function jsonOf({ check, level, members, what, todo }: Finding): unknown {
  return { check, level, members, what, do: todo };
}

function linesOf({ colours }: Context, { level, what, todo }: Finding): string {
  const word = level === 'wrong' ? colours.red('wrong ') : colours.yellow('advice');
  return `${word}  ${printable(what)}\n        ${printable(todo)}`;
}

function summary(wrong: number, advice: number): string {
  const advised = advice === 0 ? '' : `, ${counted(advice, 'piece')} of advice`;
  return `${wrong === 0 ? 'nothing is wrong' : `${counted(wrong, 'thing')} wrong`}${advised}`;
}
