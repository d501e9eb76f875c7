export { BODIES, type Body, bodyOfHost, consoleAddress } from './engine/body.ts';
