/** The commands of a document's console blocks, and what each prints: `…` stands for anything. */

export interface DocumentedCommand {
  readonly line: string;
  /** All that it prints, without the last line feed. */
  readonly prints: RegExp;
}

/** Each block is one shell. */
export function commandsOf(document: string): DocumentedCommand[][] {
  return [...document.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => {
    const commands: { line: string; printed: string[] }[] = [];
    for (const line of block.split('\n').slice(0, -1)) {
      if (line.startsWith('$ ')) commands.push({ line: line.slice(2), printed: [] });
      else commands.at(-1)?.printed.push(line);
    }
    return commands.map(({ line, printed }) => ({ line, prints: patternOf(printed.join('\n')) }));
  });
}

function patternOf(printed: string): RegExp {
  const parts = printed.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^\\n]*')}$`);
}
