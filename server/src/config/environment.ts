import { describeOrigin, type Origin } from './config-error.ts';
import type { Given, GivenMember, Layer } from './layer.ts';
import { readMemberList } from './member-list.ts';
import { didYouMean } from './nearest.ts';
import { SETTING_NAMES, type SettingName, variableOf } from './settings.ts';

const PREFIX = 'ROOKERY_';

export const CONFIG_VARIABLE = 'ROOKERY_CONFIG';
const MEMBERS_VARIABLE = 'ROOKERY_MEMBERS';

/** ROOKERY_NODE_FLAGS is the launcher's own. */
const OTHER_VARIABLES: readonly string[] = [CONFIG_VARIABLE, MEMBERS_VARIABLE, 'ROOKERY_NODE_FLAGS'];

const BY_VARIABLE: ReadonlyMap<string, SettingName> = new Map(
  SETTING_NAMES.map((name) => [variableOf(name), name] as const),
);

/**
 * Kubernetes tells every pod of each Service of its namespace by variables: a Service named `rookery-client` sets
 * ROOKERY_CLIENT_PORT=tcp://10.0.0.7:2181 and ROOKERY_CLIENT_SERVICE_HOST. Nobody meant those as settings.
 */
const SERVICE_LINK_NAME = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the ROOKERY_* variables; an empty one counts as not set. Throws ConfigError. */
export function readEnvironment(environment: Environment): Layer {
  const settings = new Map<SettingName, Given>();
  const warnings: string[] = [];
  let members: readonly GivenMember[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue;
    if (SERVICE_LINK_NAME.test(variable) || SERVICE_LINK_VALUE.test(text)) continue;
    const origin: Origin = { file: 'environment', key: variable };
    const name = BY_VARIABLE.get(variable);
    if (name !== undefined) settings.set(name, { text: text.trim(), origin });
    else if (variable === MEMBERS_VARIABLE) {
      const list = readMemberList(text.split(/[\s,]+/), origin);
      members = list.members;
      warnings.push(...list.warnings);
    } else if (!OTHER_VARIABLES.includes(variable)) {
      const suggestion = didYouMean(variable, [...BY_VARIABLE.keys(), ...OTHER_VARIABLES]);
      warnings.push(`${describeOrigin(origin)} is not known and has no effect${suggestion}`);
    }
  }
  return { settings, members, warnings };
}
