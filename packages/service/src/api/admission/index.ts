export { Admission, type Refusal, type Ticket } from './admission.ts';
export { listenToAgents, weightOf } from './agent.ts';
export { refuseAtTheDoor } from './door.ts';
export { admitRequests, countedAsItComes } from './hook.ts';
export { AdaptiveLimit } from './limit.ts';
export { FIRST, TERMS } from './terms.ts';
