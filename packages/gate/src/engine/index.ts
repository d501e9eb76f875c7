export { createGate, type GateOptions } from './create-gate.ts';
