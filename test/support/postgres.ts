export * from '@munjigi/sim/stage';
