/** SIGINT and SIGTERM end the process with exit 130, after `before`. What hangs on its exit (members, ports) ends with it. */
export function stopBySignal(before: () => void = () => {}): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      before();
      process.stderr.write(`stopped by ${signal}\n`);
      process.exit(130);
    });
  }
}
