// Two workers share the test files: whoever takes the longest file last works alone for minutes. So the long ones go first.
import { BaseSequencer } from 'vitest/node';

const LONG = [
  'database-failover',
  'register-hundred-runs',
  'apart-trace',
  'retention-28-days',
  'storage-crash',
  'apart-forged',
  'retention-report',
  'doctor',
];

const rank = ({ moduleId }) => {
  const place = LONG.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return place < 0 ? LONG.length : place;
};

export default class SlowFirst extends BaseSequencer {
  async sort(files) {
    const usual = await super.sort(files);
    return usual.sort((one, other) => rank(one) - rank(other));
  }
}
