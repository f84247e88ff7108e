import { UsageError } from './failures.ts';

/** What a shell's pattern matches, as a whole: `*` any characters, `?` one, `[a-z]` and `[!a-z]` one of a set, `\` takes what follows as it is. */
export function globPattern(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      const end = glob.indexOf(']', at + 2);
      if (end < 0) throw new UsageError(`"${glob}" is no pattern: the [ has no ]`);
      const set = glob
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replaceAll(/[\\[\]]/g, '\\$&');
      source += `[${set}]`;
      at = end;
    } else {
      if (character === '\\' && at + 1 < glob.length) at++;
      source += glob[at]!.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    }
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    throw new UsageError(`"${glob}" is no pattern: it has a set that means nothing`);
  }
}
