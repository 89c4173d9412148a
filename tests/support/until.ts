/** Waiting for what happens elsewhere, without guessing how long it takes. */
import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 50;

/**
 * Asks until there is an answer other than undefined, null or false.
 * @throws Error that names what never came, with the last refusal as its cause
 */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | null | false> | Answer | undefined | null | false,
  patience_ms = 30_000,
): Promise<Answer> {
  const deadline = Date.now() + patience_ms;
  let refusal: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      refusal = undefined;
    } catch (error) {
      refusal = error;
    }
    await pause(STEP_MS);
  } while (Date.now() < deadline);
  throw new Error(`Not within ${patience_ms} ms: ${what}`, { cause: refusal });
}
