import type { HttpConfig } from '../../src/config/config.ts';

/** Of a member that answers on loopback, at a port that the system chooses; the rest as it is where nobody says. */
export const HTTP: HttpConfig = {
  enabled: true,
  host: '127.0.0.1',
  port: 0,
  required: true,
  idleTimeoutMs: 15_000,
  commandsPath: '/commands',
  snapshotEnabled: true,
  restoreEnabled: true,
  streamIntervalMs: 300_000,
  v1: false,
  window: 'write',
};
