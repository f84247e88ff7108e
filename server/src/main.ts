/**
 * The command `rookery-server`: runs a member, or (`rookery-server drain …`, what a pod does before it stops) sends the one that runs
 * with the same configuration into its last seconds, or (`rookery-server undrain …`) back from there.
 */
import { drain, undrain } from './admin/drain.ts';
import { runMember } from './run-member.ts';

const [first, ...rest] = process.argv.slice(2);
if (first === 'drain') await drain(rest);
else if (first === 'undrain') await undrain(rest);
else runMember(process.argv.slice(2));
