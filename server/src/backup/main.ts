/** `rookery-server backup …`: in a process of its own, beside the members or far from them. */
import { runBackup } from './command.ts';

process.exitCode = await runBackup(process.argv.slice(3));
