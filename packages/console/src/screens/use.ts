import { isTextKey, type TextKey, t } from '@munjigi/ui/texts';
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Console } from '../engine/console.ts';
import { DeskError } from '../engine/desk.ts';
import { PasskeyRefused } from '../engine/passkeys.ts';
import { writer } from './dates.ts';

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) throw new Error('A screen stands outside the console.');
  return found;
}

/** Texts and dates in the language and the zone of the page. */
export function useWords() {
  const { look, world } = useConsole();
  const language = look.language.value;
  const policy = world.value.policy;
  return {
    language,
    say: (key: TextKey, parameters?: Readonly<Record<string, string | number>>) =>
      t(language, key, parameters),
    dates: writer(language, policy?.timeZone ?? 'UTC'),
    /** A word of the pack (kind of venue, region), or the word itself where the pack has no text for it. */
    ofPack: (kind: 'venue' | 'region', word: string) => {
      const key = `${kind}.${word}`;
      return policy?.hasText(language, key) ? policy.text(language, key) : word;
    },
  };
}

/** What was asked of the desk: still on its way, here, or not to be had. What was here once stays. */
export interface Asked<T> {
  readonly value: T | null;
  readonly failed: unknown;
  again(): void;
}

/** Asks once for each `key`, and again when told. */
export function useAsked<T>(key: string, ask: () => Promise<T>): Asked<T> {
  const [state, setState] = useState<{ key: string; value: T | null; failed: unknown }>({
    key,
    value: null,
    failed: null,
  });
  const [turn, setTurn] = useState(0);
  const { session } = useConsole();
  const account = session.who.value?.accountId ?? '';
  const isExpired = session.expired.value;
  useEffect(() => {
    if (isExpired) return;
    let left = false;
    ask().then(
      (value) => !left && setState({ key, value, failed: null }),
      (failed: unknown) =>
        !left && setState((old) => ({ key, value: old.key === key ? old.value : null, failed })),
    );
    return () => {
      left = true;
    };
  }, [key, turn, account, isExpired]);
  return {
    value: state.key === key ? state.value : null,
    failed: state.key === key ? state.failed : null,
    again: () => setTurn((n) => n + 1),
  };
}

/** Work that a button starts: one at a time, with the sentence of what went wrong. */
export function useWork() {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  return {
    busy,
    failed,
    clear: () => setFailed(null),
    async run(work: () => Promise<void>): Promise<boolean> {
      if (busy) return false;
      setBusy(true);
      setFailed(null);
      try {
        await work();
        return true;
      } catch (error) {
        setFailed(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** The key of the sentence for what went wrong; null where the desk's own sentence is the best there is. */
export function problemKey(error: unknown): TextKey | null {
  if (error instanceof PasskeyRefused) return 'console.problem.passkey';
  if (!(error instanceof DeskError)) return 'console.problem.page';
  if (error.code === 'network' || error.status === 503) return 'console.problem.network';
  if (error.signedOut) return 'console.problem.signed-out';
  if (error.status === 429) return 'console.problem.rate';
  return null;
}

/** The key of the sentence for one of the service's codes, or null where the catalogue has none of its own. */
export function reasonKey(code: string): TextKey | null {
  const key = `console.reason.${code}`;
  return isTextKey(key) ? key : null;
}
