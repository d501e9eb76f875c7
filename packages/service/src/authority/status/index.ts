export { factsOf } from './facts.ts';
export { pagesOf, StatusKeeper } from './keeper.ts';
export { inFull, type PageFacts, type Said, silentOf, when } from './page.ts';
export { NOT_SILENT, silentImage } from './silent.ts';
