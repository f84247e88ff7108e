import type { Command } from './dialogue.ts';

/** The two lines of an event, between which a line of a command may stand: each thread prints when it likes. */
const ANNOUNCEMENT = /\n?WATCHER::\n?/g;
const EVENT = /WatchedEvent (state:\S+ type:\S+ path:\S+ zxid: -?\d+)\n?/g;

/** What the first command was answered that brought something else than it has to, in words; undefined: each brought what it has to. */
export function firstWrongAnswer(dialogue: readonly Command[], output: string): string | undefined {
  // Events are printed by a thread of their own, between what the commands print.
  const events = [...output.matchAll(EVENT)].map(([, event = '']) => event);
  let rest = output.replaceAll(ANNOUNCEMENT, '').replaceAll(EVENT, '');
  let next = 0;
  for (const { command, answer, event } of dialogue) {
    if (answer !== undefined) {
      const found = answer.exec(rest);
      if (found === null) return `no answer ${answer} to "${command}"`;
      rest = rest.slice(found.index + found[0].length);
    }
    if (event !== undefined) {
      const found = events.findIndex((text, index) => index >= next && event.test(text));
      if (found < 0) return `no event ${event} of "${command}"`;
      next = found + 1;
    }
  }
  return undefined;
}

/** The first word of each line of what zkCli's `help` prints of its commands. */
export function commandsOfHelp(help: string): string[] {
  return [...help.matchAll(/^\t(\w+)/gm)].map(([, command = '']) => command);
}

/** What of `help` did not run, and what ran that is not of it; empty where all of it ran. */
export function notTogether(help: readonly string[], dialogue: readonly Command[]): string[] {
  const ran = new Set(dialogue.map(({ command }) => command.split(' ', 1)[0] ?? ''));
  return [
    ...help.filter((command) => !ran.has(command)),
    ...[...ran].filter((command) => !help.includes(command)),
  ];
}
