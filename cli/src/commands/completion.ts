import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';

/** The shell splits words at `:` and `=`, so what stands before the last one in the word at hand is taken off again. */
const bash = `_rookery() {
  local line=\${COMP_LINE:0:COMP_POINT} word before candidate
  word=\${line##*[[:space:]]}
  before=\${word%"\${word##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("\${candidate#"$before"}")
  done < <(rookery __complete -- "$line" 2>/dev/null)
  compopt -o nospace 2>/dev/null
}
complete -F _rookery rookery
`;

const zsh = `#compdef rookery
_rookery() {
  local -a candidates
  candidates=("\${(@f)$(rookery __complete -- "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  [[ -n "\${candidates[1]}" ]] && compadd -Q -S '' -- "\${candidates[@]}"
}
compdef _rookery rookery
`;

export async function completion(context: Context, shell: string): Promise<ExitCode> {
  await context.out.text(shell === 'bash' ? bash : zsh);
  return ExitCode.ok;
}
