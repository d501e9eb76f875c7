import { useEffect, useRef } from 'preact/hooks';
import type { ReadCase } from '../../engine/cases.ts';
import { readCaseLines } from '../../engine/log-calls.ts';
import type { CheckedLine } from '../../engine/log-check.ts';
import { Await } from '../parts.tsx';
import { useAsked, useConsole } from '../use.ts';
import { LogLines } from './LogLines.tsx';

interface Props {
  readonly one: ReadCase;
  onChecked(lines: readonly CheckedLine[]): void;
}

/** What the public log holds about one case. */
export function CaseLines({ one, onChecked }: Props) {
  const app = useConsole();
  const asked = useAsked(`lines/${one.hash}`, () => readCaseLines(app, one.hash, one.terms.openedAt));
  const isFirst = useRef(true);
  // Whenever the case was asked for again, so is the log.
  useEffect(() => {
    if (!isFirst.current) asked.again();
    isFirst.current = false;
  }, [one]);
  return <Await asked={asked}>{(lines) => <LogLines lines={lines} onChecked={onChecked} />}</Await>;
}
