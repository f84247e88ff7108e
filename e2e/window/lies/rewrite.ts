import type { BrowserContext } from 'playwright-core';

/** Serves a file of the page with another text. Where `edit` changes nothing, the request fails, and the scenario that should notice the lie says so. */
export async function rewrite(
  context: BrowserContext,
  path: string,
  edit: (text: string) => string,
): Promise<void> {
  await context.route(
    (url) => url.pathname === path,
    async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      const lied = edit(text);
      if (lied === text) await route.abort();
      else await route.fulfill({ response, body: lied });
    },
  );
}

/** What `rewrite` takes. */
export function replacing(find: string, replacement: string): (text: string) => string {
  return (text) => text.replaceAll(find, replacement);
}

/** What `rewrite` takes. */
export function withMore(more: string): (text: string) => string {
  return (text) => `${text}\n${more}\n`;
}
