// The walls of the house: an arrow that points anywhere else fails the build (tools/check-layers.mjs).
// core <- offline <- {gate, wallet, demo, sim}; core <- {console, service <- {ops, sim}}; ui <- {gate, wallet, console, demo}.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^packages/', pathNot: allowed },
});

export default {
  forbidden: [
    only('core-imports-nothing-of-ours', '^packages/core/src', '^packages/core/src'),
    only('offline-sees-core', '^packages/offline/src', '^packages/(core|offline)/src'),
    only('ui-sees-itself', '^packages/ui/src', '^packages/ui/src'),
    only('gate-sees-devices-side', '^packages/gate/src', '^packages/(core|offline|ui|gate)/src'),
    only('wallet-sees-devices-side', '^packages/wallet/src', '^packages/(core|offline|ui|wallet)/src'),
    only('console-sees-core-and-ui', '^packages/console/src', '^packages/(core|ui|console)/src'),
    only('demo-sees-devices-side', '^packages/demo/src', '^packages/(core|offline|ui|demo)/src'),
    only('service-sees-core', '^packages/service/src', '^packages/(core|service)/src'),
    only('ops-sees-service', '^packages/ops/src', '^packages/(core|service|ops)/src'),
    only('sim-sees-the-product', '^packages/sim/src', '^packages/(core|offline|service|sim)/src'),
    // Three desks, three bodies: none may reach into another.
    only(
      'issuer-desk-alone',
      '^packages/service/src/issuer/',
      '^packages/(core/src|service/src/(issuer|db|contracts|crypto|clock|config|lib)(/|\\.))',
    ),
    only(
      'register-desk-alone',
      '^packages/service/src/register/',
      '^packages/(core/src|service/src/(register|db|contracts|crypto|clock|config|lib)(/|\\.))',
    ),
    only(
      'authority-desk-alone',
      '^packages/service/src/authority/',
      '^packages/(core/src|service/src/(authority|db|contracts|crypto|clock|config|lib)(/|\\.))',
    ),
    // A gate can seal and can never open; it verifies and can never issue.
    {
      name: 'gate-cannot-open-or-issue',
      severity: 'error',
      from: { path: '^packages/(gate|offline|wallet|console)/src', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^packages/core/src/(sealed/(open|recovery)|entry-pass/issue|trust/publish)' },
    },
    {
      name: 'core-has-no-platform',
      severity: 'error',
      from: { path: '^packages/core/src', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^packages/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Tests may reach for what they test with; the walls are about what ships.
    exclude: { path: '(/dist/|\\.d\\.ts$|\\.test\\.tsx?$)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      conditionNames: ['munjigi:source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};
