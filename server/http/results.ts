/**
 * From what was decided to what goes over the wire.
 */
import type { FieldError, PushResult } from '../../protocol/index.ts';
import type { Edit, Outcome, Refusal } from '../decide.ts';

/** `ClientId` is the id that the edit was sent under; `Revision` goes back to a device that counts. */
export function toResult({ id, origin }: Pick<Edit, 'id' | 'origin'>, outcome: Outcome): PushResult {
  const about = { ClientId: id, ...(origin === null ? {} : { Revision: origin.revision }) };
  switch (outcome.status) {
    case 'applied':
    case 'duplicate':
    case 'gone':
      return { ...about, ServerId: outcome.serverId, Status: outcome.status, Version: outcome.version };
    case 'merged':
      return { ...about, ServerId: outcome.serverId, Status: 'merged', Version: outcome.version, Attributes: outcome.attributes };
    case 'conflict':
      return { ...about, ServerId: outcome.serverId, Status: 'conflict', Version: outcome.version, Attributes: outcome.attributes, ...(outcome.changed === undefined ? {} : { Changed: [...outcome.changed] }) };
    case 'retry':
      return { ...about, Status: 'retry' };
    case 'rejected':
      return { ...about, Status: 'rejected', Errors: [...outcome.errors] };
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

/** The HTTP status of a single edit's answer, and the sentence for people where it was not stored. */
export function toStatus(outcome: Outcome): { readonly status: 200 } | { readonly status: 403 | 404 | 409 | 410 | 422 | 503; readonly detail: string } {
  switch (outcome.status) {
    case 'applied':
    case 'duplicate':
    case 'merged':
      return { status: 200 };
    case 'conflict':
      return { status: 409, detail: 'Somebody else changed the same fields. Neither side was lost; choose which one stands.' };
    case 'gone':
      return { status: 410, detail: 'This was deleted on the server. Your edit was not stored.' };
    case 'retry':
      return { status: 503, detail: 'The server has nothing that this part could be put on. Send the whole record.' };
    case 'rejected':
      return REFUSALS[outcome.reason](outcome.errors.map(sentence).join(' '));
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

const REFUSALS: Readonly<Record<Refusal, (why: string) => { readonly status: 403 | 404 | 422; readonly detail: string }>> = {
  unknown: (why) => ({ status: 404, detail: why }),
  forbidden: (why) => ({ status: 403, detail: why }),
  invalid: (why) => ({ status: 422, detail: `This cannot be stored as it is. ${why}` }),
};

function sentence({ Path, Message }: FieldError): string {
  return Path === '' ? Message : `${Path}: ${Message}`;
}
