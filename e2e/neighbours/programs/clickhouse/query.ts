/** Asks one server by HTTP, as its users do. Resolves with the answer's lines; rejects with what ClickHouse says. */
export async function query(port: number, text: string, timeoutMs: number, rows = ''): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/?${new URLSearchParams({ query: text })}`, {
    // GET may only read.
    method: 'POST',
    body: rows,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`ClickHouse answered to "${text}": ${answer.slice(0, 500)}`);
  return answer.split('\n').filter(Boolean);
}
