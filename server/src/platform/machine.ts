import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Scheduler } from '../ports/scheduler.ts';

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};

/** `setImmediate` runs after all sockets of one poll were read: what they brought is one batch. */
export const eventLoopScheduler: Scheduler = {
  defer: (task) => void setImmediate(task),
  every: (periodMs, task) => {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};

export const systemEntropy: Entropy = {
  uint32: () => randomBytes(4).readUInt32BE(),
  bytes: (length) => randomBytes(length),
  hmac: (secret, message) => createHmac('sha256', secret).update(message).digest(),
  hashBase64: (algorithm, message) => createHash(algorithm).update(message).digest('base64'),
  md5: (message) => createHash('md5').update(message).digest(),
};
