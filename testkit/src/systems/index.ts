import { rookery } from './rookery.ts';
import type { System, SystemName } from './system.ts';
import { zookeeper } from './zookeeper.ts';

export const systems: Readonly<Record<SystemName, System>> = { zookeeper, rookery };
