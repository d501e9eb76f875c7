import type { RulesInUse } from '@munjigi/offline';

const FIRST_DOORS = ['/api/register'];

/** Front doors of the register as the bundle names them. */
export function registerDoors(rules: RulesInUse): readonly string[] {
  const named = rules.inUse?.bundle.endpoints.register ?? [];
  return named.length > 0 ? named : FIRST_DOORS;
}
