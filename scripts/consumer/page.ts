/** A page of somebody else's project. */
import Backbone from 'backbone';
import { diagnose } from 'outpost/diagnostics';
import { startOutpost, type Engine, type Summary } from 'outpost/sync';

/** False unless T is `any`, which a type that could not be resolved is. */
type IsAny<T> = 0 extends 1 & T ? true : false;
export const isEngineUnknown: IsAny<Engine> = false;

const visits = new Backbone.Collection();
const engine = await startOutpost({
  account: 'ann',
  collections: { responses: { collection: visits, own: true, ready: (visit) => visit.has('endedAt') } },
});
engine.on('sync:state', ({ waiting }: Summary) => console.log(waiting));
console.log((await diagnose(engine)).collections['responses']?.states.waiting);
await engine.save(engine.create(visits, { place: 'Upper well' }));
