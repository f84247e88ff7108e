import { MAX_ADMIN_TOKENS } from '../bounds/limits.ts';
import { type Layers, notAllowed } from './layer.ts';
import { needFile, type ReadFile } from './read-file.ts';
import { fileOf, secretsIn } from './secret-setting.ts';

/** What callers of /admin have to send. Throws ConfigError, which shows nothing of it. */
export function readTokens(
  layers: Layers,
  readFile: ReadFile,
): { readonly token?: string | undefined; readonly other?: string | undefined; readonly file?: string } {
  const file = fileOf(layers, 'http.tokenFile', 'http.token', 'the token');
  if (file === undefined) return { token: layers.value('http.token') };
  const tokens = tokensIn(needFile(readFile, file, layers.originOf('http.tokenFile')));
  if (tokens === undefined) throw notAllowed('http.token', { text: '', origin: { file, key: 'http.token' } });
  const [token, other] = tokens;
  return { token, other, file };
}

/** Those of a file of tokens; undefined where it holds none, too many, or what is none. */
export function tokensIn(text: string): readonly string[] | undefined {
  return secretsIn('http.token', text, MAX_ADMIN_TOKENS);
}
