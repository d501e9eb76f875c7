// Fails when an import crosses a wall of .dependency-cruiser.mjs, and when too few modules were read to mean anything:
// a resolver that silently reads nothing would otherwise report success.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import rules from '../.dependency-cruiser.mjs';

export async function checkLayers(root = process.cwd(), folders = ['packages']) {
  const { options, forbidden } = rules;
  const result = await cruise(
    folders,
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden } },
    { ...options.enhancedResolveOptions },
    { tsConfig: extractTSConfig('tsconfig.test.json') },
  );
  const { modules, summary } = result.output;
  const ours = modules.filter((module) => module.source.startsWith('packages/'));
  const crossPackage = ours.flatMap((m) => m.dependencies).filter((d) => d.resolved.startsWith('packages/'));
  return { modulesRead: ours.length, arrowsRead: crossPackage.length, violations: summary.violations };
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/').split('/').pop())) {
  const { modulesRead, arrowsRead, violations } = await checkLayers();
  for (const v of violations) process.stderr.write(`layers: ${v.rule.name}: ${v.from} -> ${v.to}\n`);
  process.stderr.write(
    `layers: ${modulesRead} modules and ${arrowsRead} imports read, ${violations.length} wrong\n`,
  );
  if (violations.length > 0 || modulesRead < 8 || arrowsRead < 8) process.exit(1);
}
