import { join } from 'node:path';
import { Program } from '../program.ts';
import type { Context, Tool } from '../scenario.ts';

/** A client of another language: what runs its program. */
export interface ClientKind {
  readonly name: string;
  readonly needs: readonly Tool[];
  start(context: Context, environment: Readonly<Record<string, string>>): Program;
}

const folder = join(import.meta.dirname, '..');

export const clientKinds: readonly ClientKind[] = [
  {
    name: 'kazoo',
    needs: ['python'],
    start: (context, environment) =>
      new Program(context.python(), [join(folder, 'python', 'tls_rotation.py')], environment),
  },
];
