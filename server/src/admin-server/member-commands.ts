import type { MemberView } from '../admin/member-status.ts';
import type { ZookeeperCommands } from '../admin/zookeeper-commands.ts';
import type { WordFacts } from '../four-letter-words/facts.ts';
import { NO_SIZES, type WordMachine, wordFacts } from '../four-letter-words/member-facts.ts';
import { monitorValues } from '../four-letter-words/monitor.ts';
import type { Member } from '../member.ts';
import { answerCommand, COMMANDS, isOpen, STREAMS, tellsSizes } from './commands.ts';
import type { CommandFacts } from './facts.ts';

const NO_SNAPSHOT = { zxid: -1, takenMs: -1 };

/** The commands over a running member. */
export function memberCommands(
  member: Member,
  machine: WordMachine,
  status: MemberView['status'],
): ZookeeperCommands {
  const { fourLetterWords } = member.config;
  return {
    names: [...COMMANDS.map(({ names }) => names[0]), ...STREAMS].sort(),
    isOpen: (name) => isOpen(name, fourLetterWords),
    run: async (name) => {
      const sizes = tellsSizes(name) ? await measured(member) : NO_SIZES;
      return answerCommand(name, commandFacts(member, wordFacts(member, machine, sizes), status()));
    },
    monitor: () => monitorValues(wordFacts(member, machine, NO_SIZES)),
  };
}

/** Without its storage, or where the disk fails, nothing is known of sizes. */
async function measured({ storage }: Member): Promise<WordFacts['sizes']> {
  return storage === undefined ? NO_SIZES : storage.measure().catch(() => NO_SIZES);
}

function commandFacts(
  { config, running, storage }: Member,
  facts: WordFacts,
  status: CommandFacts['status'],
): CommandFacts {
  const { client, dataDir, dataLogDir, minSessionTimeoutMs, maxSessionTimeoutMs, properties } = config;
  const snapshot = storage?.newestSnapshot();
  return {
    ...facts,
    status,
    settings: {
      clientPort: client.port,
      dataDir,
      dataLogDir,
      maxConnectionsPerAddress: client.maxConnectionsPerAddress,
      minSessionTimeoutMs,
      maxSessionTimeoutMs,
      properties,
    },
    snapshot:
      snapshot === undefined || running === undefined
        ? NO_SNAPSHOT
        : { zxid: running.machine.zxidOf(snapshot.index), takenMs: running.snapshots.newestMs },
  };
}
