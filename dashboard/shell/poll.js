// Asks again and again while somebody looks.

/**
 * @param {() => Promise<void>} look Does not reject.
 * @param {number} periodMs From one question to the next; the next one never comes before the answer.
 * @returns {{now(): void, end(): void}} `now`: without waiting.
 */
export function poll(look, periodMs) {
  let isEnded = false;
  let wake = () => {};
  const isVisible = () => document.visibilityState === 'visible';
  const onVisibility = () => {
    if (isVisible()) wake();
  };
  document.addEventListener('visibilitychange', onVisibility);

  async function run() {
    while (!isEnded) {
      const begunMs = performance.now();
      if (isVisible()) await look();
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, begunMs + periodMs - performance.now()));
        wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    }
  }
  run();
  return {
    now: () => wake(),
    end() {
      isEnded = true;
      document.removeEventListener('visibilitychange', onVisibility);
      wake();
    },
  };
}
