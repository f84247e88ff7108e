/**
 * The command `rookery-server`: runs a member, or (`rookery-server drain …`, what a pod does before it stops) sends the one that runs
 * with the same configuration into its last seconds, or (`rookery-server undrain …`) back from there, or (`rookery-server force-new-cluster …`)
 * makes a new cluster out of the data of one that is stopped, or (`rookery-server import-zookeeper …`) of those of an Apache
 * ZooKeeper, or (`rookery-server export-zookeeper …`) the other way round, or (`rookery-server migrate-zookeeper …`) follows a running ensemble of those
 * and takes over from it; `rookery-server backup …` takes and restores backups, and has a file of its own, which is read for that alone.
 */
import { drain, undrain } from './admin/drain.ts';
import { exportZookeeper } from './export-zookeeper.ts';
import { forceOnDisk } from './force-on-disk.ts';
import { importZookeeper } from './import-zookeeper.ts';
import { migrateZookeeper } from './migrate-zookeeper.ts';
import { runMember } from './run-member.ts';

const BACKUP = import.meta.url.endsWith('.ts') ? './backup/main.ts' : './rookery-backup.mjs';

const [first, ...rest] = process.argv.slice(2);
if (first === 'drain') await drain(rest);
else if (first === 'undrain') await undrain(rest);
else if (first === 'force-new-cluster') await forceOnDisk(rest);
else if (first === 'import-zookeeper') await importZookeeper(rest);
else if (first === 'export-zookeeper') await exportZookeeper(rest);
else if (first === 'migrate-zookeeper') await migrateZookeeper(rest);
else if (first === 'backup') await import(BACKUP);
else runMember(process.argv.slice(2));
