import type { Scenario } from '../scenario.ts';
import { backups } from './backups.ts';
import { backupsS3 } from './backups-s3.ts';
import { badInputs } from './bad-input.ts';
import { catchUp } from './catch-up.ts';
import { clientSasl } from './client-sasl.ts';
import { dialectClickHouse } from './dialect-clickhouse.ts';
import { dialectPages } from './dialect-pages.ts';
import { durability } from './durability.ts';
import { failover } from './failover.ts';
import { fourLetterWords } from './four-letter-words.ts';
import { fromZookeeperFiles } from './from-zookeeper-files.ts';
import { heavyWrites } from './heavy-writes.ts';
import { kazooBasics } from './kazoo-basics.ts';
import { largeListings } from './large-listings.ts';
import { libraries } from './libraries.ts';
import { liveMigration } from './live-migration.ts';
import { longRun } from './long-run.ts';
import { makeRun } from './make-run.ts';
import { readmePython, readmeZkCli } from './readme.ts';
import { readmeTypeScript } from './readme-typescript.ts';
import { recipes } from './recipes.ts';
import { reconnect } from './reconnect.ts';
import { rookeryCommand } from './rookery-command.ts';
import { secrets } from './secrets.ts';
import { sharedRecipes } from './shared-recipes.ts';
import { sharedRecipesCurator } from './shared-recipes-curator.ts';
import { fullDisk, hungDisk } from './sick-disk.ts';
import { steadyLeader } from './steady-leader.ts';
import { tlsRotation } from './tls-rotation.ts';
import { zkCli } from './zkcli.ts';
import { zkCliSasl } from './zkcli-sasl.ts';
import { zookeeperSnapshots } from './zookeeper-snapshots.ts';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  kazooBasics,
  zkCli,
  zkCliSasl,
  clientSasl,
  readmePython,
  readmeZkCli,
  readmeTypeScript,
  rookeryCommand,
  fourLetterWords,
  secrets,
  tlsRotation,
  libraries,
  sharedRecipes,
  sharedRecipesCurator,
  dialectClickHouse,
  dialectPages,
  badInputs,
  reconnect,
  durability,
  recipes,
  failover,
  catchUp,
  heavyWrites,
  zookeeperSnapshots,
  fromZookeeperFiles,
  liveMigration,
  backups,
  backupsS3,
  largeListings,
  fullDisk,
  hungDisk,
  steadyLeader,
  longRun,
  makeRun,
];
