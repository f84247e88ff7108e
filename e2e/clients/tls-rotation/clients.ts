import { join } from 'node:path';
import type { Context, Tool } from '../scenario.ts';

/** A client of another language, and what its program is started by. */
export interface ClientKind {
  readonly name: string;
  readonly needs: readonly Tool[];
  /** Builds it where it is not built yet. The first word is the command. */
  command(context: Context): readonly [string, ...string[]];
}

const folder = join(import.meta.dirname, '..');

export const clientKinds: readonly ClientKind[] = [
  {
    name: 'java',
    needs: ['java', 'javac'],
    command: (context) => ['java', '-cp', context.classpath(), join(folder, 'java', 'TlsRotation.java')],
  },
  {
    name: 'kazoo',
    needs: ['python'],
    command: (context) => [context.python(), join(folder, 'python', 'tls_rotation.py')],
  },
  {
    name: 'c',
    needs: ['cc'],
    command: (context) => [context.cProgram('tls-rotation')],
  },
  {
    name: 'go',
    needs: ['go'],
    command: (context) => [context.goProgram('tls-rotation')],
  },
];
