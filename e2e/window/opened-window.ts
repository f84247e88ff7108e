import type { BrowserContext, ConsoleMessage, Locator, Page, Request } from 'playwright-core';

/** What Chromium says of each answer that is no success; which of them are meant, a scenario knows. */
const FAILED_LOAD = /^Failed to load resource/;

/** One tab with the page of a member, and what went wrong in it. */
export class OpenedWindow {
  readonly page: Page;
  readonly origin: string;
  readonly #context: BrowserContext;
  readonly #faults: string[] = [];
  readonly #failedLoads: string[] = [];
  #requests = 0;
  #loads = 0;

  /** @param page has loaded nothing yet; @param origin such as `http://127.0.0.1:8080` */
  constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    this.origin = origin;
    page.on('console', (message) => this.#hear(message));
    page.on('pageerror', (error) => this.#faults.push(`an error that nobody caught: ${error.message}`));
    page.on('request', (request) => this.#look(request));
    page.on('load', () => {
      this.#loads += 1;
    });
    page.on('crash', () => this.#faults.push('the page has crashed'));
  }

  /** How many requests the page has made. */
  get requests(): number {
    return this.#requests;
  }

  /** How often the page was loaded as a whole. */
  get loads(): number {
    return this.#loads;
  }

  /** Takes the tab to another view, as a link does. */
  async go(place: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, place);
  }

  /** Throws where the console told of an error, the page broke its own policy or asked anybody but its member. */
  expectClean(): void {
    if (this.#faults.length > 0) throw new Error(this.#faults.join('\n'));
  }

  /** The same, where no answer may have been a refusal either. */
  expectSpotless(): void {
    this.expectClean();
    if (this.#failedLoads.length > 0) throw new Error(this.#failedLoads.join('\n'));
  }

  /** Resolves once `locator` is there and shows; rejects with what the page shows instead. */
  async see(locator: Locator, what: string): Promise<void> {
    try {
      await locator.first().waitFor({ state: 'visible' });
    } catch {
      throw new Error(`the page does not show ${what}; it shows: ${await this.shownText()}`);
    }
  }

  async seeText(text: string | RegExp): Promise<void> {
    await this.see(this.page.getByText(text), String(text));
  }

  /** By the keyboard, once it shows and can be used. */
  async activate(button: Locator): Promise<void> {
    await this.see(button, `a button: ${button}`);
    await button.press('Enter');
  }

  async shownText(): Promise<string> {
    const text = await this.page.locator('body').innerText({ timeout: 1_000 });
    return text.replace(/\s+/g, ' ').slice(0, 1_500);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const text = message.text();
    if (FAILED_LOAD.test(text)) this.#failedLoads.push(`${text} (${message.location().url})`);
    else this.#faults.push(`the console says: ${text}`);
  }

  #look(request: Request): void {
    this.#requests += 1;
    const url = request.url();
    if (!url.startsWith(`${this.origin}/`) && !/^(?:data|blob):/.test(url))
      this.#faults.push(`the page asked ${url}, which is not its member`);
  }
}
