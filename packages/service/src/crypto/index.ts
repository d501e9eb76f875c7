export { flushFolder, type KeyFolder, openKeyFolder, writeFirst, writeWhole } from './key-folder.ts';
export { nodeCrypto } from './node-crypto.ts';
export { nodeBoxOpener } from './node-hpke.ts';
export { makePrivateKey, nodeSigner, publicPoint, random } from './node-signer.ts';
