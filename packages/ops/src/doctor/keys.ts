import { addDays } from '@munjigi/core/rules';
import { daysOf, FOR_EVER, namedDay, weekOf, weeksWithSheets } from '@munjigi/service/keys';
import { type Check, type Finding, found } from './types.ts';

const ENOUGH_AHEAD = 7;

/** Keys ahead, keys past retention, and days that a clock would have come back to. */
export const dayKeys: Check = async ({ stores, today, policy }) => {
  const findings: Finding[] = [];
  const oldest = addDays(today, 1 - policy.retentionDays);
  for (const [desk, keys] of stores) {
    const store = await daysOf(keys);
    const highWater = store.highWater();
    if (highWater === FOR_EVER) {
      findings.push(
        found('day-keys', desk, 'ok', 'This body has ended recording, and holds no key for opening.'),
      );
      continue;
    }
    if (highWater >= today) {
      findings.push(
        found(
          'day-keys',
          desk,
          'bad',
          `The clock says ${today}, and the keys up to ${highWater} were destroyed.`,
          'Set the clock: keys of a day that has ended are never made again, and nothing is taken in for it.',
        ),
      );
      continue;
    }
    const days = (await store.names()).flatMap((name) => namedDay(name) ?? []);
    const past = days.filter(({ lastDay }) => lastDay < oldest);
    if (past.length > 0)
      findings.push(
        found(
          'keys-past-retention',
          desk,
          'bad',
          `${past.length} keys of days before ${oldest} are still there.`,
          'Run munjigi retention run, and find out why the daily job does not: the service must run at least once a day.',
        ),
      );
    const ahead = days.filter(({ spare, day }) => !spare && day > today).length;
    findings.push(
      ahead >= ENOUGH_AHEAD
        ? found('day-keys', desk, 'ok', `Day keys are there for the next ${ahead} days.`)
        : found(
            'day-keys',
            desk,
            'warn',
            `Day keys are there for the next ${ahead} days only; there should be 35.`,
            'Start the service, which makes them; a gate that is cut off needs the keys of its days beforehand.',
          ),
    );
  }
  return findings;
};

/** Whether lost keys of this week and the next could be recovered. */
export const sheets: Check = async ({ stores, today }) => {
  const weeks = [weekOf(today), weekOf(addDays(today, 7))];
  const findings: Finding[] = [];
  for (const [desk, keys] of stores) {
    const store = await daysOf(keys);
    if (store.highWater() === FOR_EVER) continue;
    const there = await weeksWithSheets(store, weeks);
    const missing = weeks.filter((week) => !there.includes(week));
    findings.push(
      missing.length === 0
        ? found('recovery-sheets', desk, 'ok', 'This week and the next have recovery sheets.')
        : found(
            'recovery-sheets',
            desk,
            'warn',
            `No recovery sheets were made for the week of ${missing.join(' and of ')}: a lost key store would be lost for good.`,
            `Make them: munjigi keys sheets --desk ${desk} --week ${missing[0]} --to FOLDER`,
          ),
    );
  }
  return findings;
};

/** Lines that the public log has not taken. */
export const waitingLines: Check = async ({ stores }) => {
  const findings: Finding[] = [];
  for (const [desk, keys] of stores) {
    const waiting = (await (await keys.folder('lines')).names()).length;
    findings.push(
      waiting === 0
        ? found('lines', desk, 'ok', 'Every line of this body is in the public log.')
        : found(
            'lines',
            desk,
            'warn',
            `${waiting} lines of this body wait for the public log.`,
            'Start the service with the authority, which keeps the log: it takes them within ten minutes.',
          ),
    );
  }
  return findings;
};

export const KEYS: readonly Check[] = [dayKeys, sheets, waitingLines];
