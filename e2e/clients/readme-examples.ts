/** The examples of a README.md as they stand there, so that the tests run what readers read. */

/** A program and what it prints, line by line. */
export interface ProgramExample {
  readonly title: string;
  readonly text: string;
  readonly prints: readonly string[];
}

export interface Command {
  /** The terminal in which it is typed. */
  readonly terminal: string;
  readonly line: string;
  /** The beginnings of lines that follow it, in whichever terminal. */
  readonly answers: readonly string[];
}

/** What is typed into zkCli, in one terminal or more, and what comes back. */
export interface Dialogue {
  readonly title: string;
  readonly commands: readonly Command[];
}

export interface Examples {
  readonly python: readonly ProgramExample[];
  readonly typescript: readonly ProgramExample[];
  readonly dialogues: readonly Dialogue[];
}

const BLOCK = /^(#+ .*)$|^```(\w*)\n([\s\S]*?)^```$/gm;
const PRINTED = /(?:#|\/\/) → (.*)$/gm;
const TYPED = /^(\w+)> (.*)$/;

/** Throws where a dialogue begins with an answer. */
export function examplesOf(readme: string): Examples {
  const python: ProgramExample[] = [];
  const typescript: ProgramExample[] = [];
  const dialogues: Dialogue[] = [];
  let title = '';
  for (const [, heading, language, text = ''] of readme.matchAll(BLOCK)) {
    if (heading !== undefined) title = heading.replace(/^#+ /, '');
    if (language === 'python') {
      python.push({ title, text, prints: [...text.matchAll(PRINTED)].map((match) => match[1]!) });
    }
    if (language === 'ts') {
      typescript.push({ title, text, prints: [...text.matchAll(PRINTED)].map((match) => match[1]!) });
    }
    if (language === 'console') dialogues.push({ title, commands: commandsOf(title, text) });
  }
  return { python, typescript, dialogues };
}

function commandsOf(title: string, text: string): Command[] {
  const commands: { terminal: string; line: string; answers: string[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const typed = TYPED.exec(line);
    if (typed !== null) {
      commands.push({ terminal: typed[1]!, line: typed[2]!, answers: [] });
      continue;
    }
    const command = commands.at(-1);
    if (command === undefined) throw new Error(`README.md, ${title}: "${line}" answers no command`);
    command.answers.push(line);
  }
  return commands;
}
