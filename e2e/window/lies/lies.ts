import type { Lie } from './lie.ts';
import { replacing, rewrite, withMore } from './rewrite.ts';

export const lies: readonly Lie[] = [
  {
    name: 'a page puts what nodes hold into the document as HTML',
    caughtBy: 'hostile-nodes',
    noticed: /as HTML/,
    plant: (context) =>
      rewrite(
        context,
        '/page/shell/dom.js',
        replacing(
          'element.append(...children);',
          "for (const child of children) typeof child === 'string' ? element.insertAdjacentHTML('beforeend', child) : element.append(child);",
        ),
      ),
  },
  {
    name: 'a member tells of the ensemble as it was',
    caughtBy: 'ensemble-view',
    noticed: /not connected/,
    plant: async (context) => {
      let first: string | undefined;
      await context.route(
        (url) => url.pathname === '/window/ensemble',
        async (route) => {
          const response = await route.fetch();
          first ??= await response.text();
          await route.fulfill({ response, body: first });
        },
      );
    },
  },
  {
    name: 'a page loads a picture from elsewhere',
    caughtBy: 'opens',
    noticed: /violates|not its member/,
    plant: (context) =>
      rewrite(
        context,
        '/',
        replacing('</header>', '<img src="http://127.0.0.1:9/counted.png" alt=""></header>'),
      ),
  },
  {
    name: 'a field has no label',
    caughtBy: 'accessibility',
    noticed: /label/,
    plant: (context) => rewrite(context, '/', replacing('<label for="identity-user">User</label>', '')),
  },
  {
    name: 'the focus cannot be seen',
    caughtBy: 'accessibility',
    noticed: /focus cannot be seen/,
    plant: (context) =>
      rewrite(
        context,
        '/page/styles/page.css',
        withMore('* { outline: none !important; box-shadow: none !important }'),
      ),
  },
  {
    name: 'quiet text is too pale to read',
    caughtBy: 'accessibility',
    noticed: /color-contrast/,
    plant: (context) =>
      rewrite(context, '/page/styles/page.css', withMore('.quiet { color: #ccc !important }')),
  },
  {
    name: 'a page is wider than a telephone',
    caughtBy: 'accessibility',
    noticed: /pixels wide/,
    plant: (context) => rewrite(context, '/page/styles/page.css', withMore('main { min-width: 520px }')),
  },
  {
    name: 'a value is written over whatever is there by then',
    caughtBy: 'editing',
    noticed: /somebody else wrote/,
    plant: async (context) => {
      await context.route(
        (url) => url.pathname.startsWith('/window/v1/nodes/'),
        async (route) => {
          const { 'if-match': _condition, ...headers } = route.request().headers();
          await route.continue({ headers });
        },
      );
    },
  },
];
