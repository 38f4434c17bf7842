/**
 * What can be done with a response, as buttons, and the doing of it.
 */
import { html, type TemplateResult } from 'lit-html';
import type { Response } from '../models/responses.ts';
import { type Action, actionsFor, isGone } from '../models/states.ts';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import { ask } from './dialog.ts';
import { download } from './download.ts';

/** Buttons and links for all that the state of a response offers, but for those that are passed over. */
export function actionButtons(app: App, response: Response, passedOver: readonly Action[] = []): TemplateResult[] {
  const offered = actionsFor(response.state).filter((action) => !passedOver.includes(action));
  return offered.map((action, index) => actionButton(app, response, action, index === 0));
}

function actionButton(app: App, response: Response, action: Action, isFirst: boolean): TemplateResult {
  const look = action === 'delete' ? 'button danger-quiet' : `button ${isFirst ? 'tonal' : ''}`;
  const path = linkOf(response, action);
  if (path !== null) return html`<a class=${look} href=${path}>${words.actions[action]}</a>`;
  return html`<button class=${look} type="button" @click=${() => void perform(app, response, action).catch(app.complain)}>
    ${wordFor(response, action)}
  </button>`;
}

function linkOf(response: Response, action: Action): string | null {
  if (action === 'continue' || action === 'edit') return paths.edit(response.key);
  if (action === 'view') return paths.response(response.key);
  return action === 'sign-in' ? paths.signIn : null;
}

/** Where the server has an older state, or its copy was deleted, some actions mean something else. */
function wordFor(response: Response, action: Action): string {
  if (action === 'delete' && response.isOnServer) return words.responses.dropEdit;
  if (!isGone(response.bookkeeping?.problem)) return words.actions[action];
  if (action === 'keep-mine') return words.responses.sendAgain;
  return action === 'take-theirs' ? words.responses.dropMine : words.actions[action];
}

async function perform(app: App, response: Response, action: Action): Promise<void> {
  switch (action) {
    case 'continue':
    case 'edit':
    case 'view':
    case 'sign-in':
      return;
    case 'retry':
      await app.engine.save(response);
      return;
    case 'export':
      download(`response-${response.shortKey}.json`, 'application/json', exported(response));
      return;
    case 'delete':
      if (await ask(deleteQuestion(response))) await app.engine.discard(response);
      return;
    case 'keep-mine':
      await app.engine.resolve(response, 'mine');
      return;
    case 'take-theirs':
      if (await ask(theirsQuestion(response))) await app.engine.resolve(response, 'theirs');
      return;
    default: {
      const never: never = action;
      throw new Error(`No such action: ${String(never)}`);
    }
  }
}

/** The response as it would be sent, with its id and what stands in its way. */
function exported(response: Response): string {
  const { questionnaireId, answers, startedAt, endedAt, key: id } = response;
  const problem = response.bookkeeping?.problem ?? null;
  const questionnaireVersion = response.get('questionnaireVersion');
  return JSON.stringify({ id, questionnaireId, questionnaireVersion, answers, startedAt, endedAt, state: response.state, problem }, null, 2);
}

/** Of a refused edit, what the server has stays. */
function deleteQuestion(response: Response): Parameters<typeof ask>[0] {
  const { deleteTitle, deleteDraft, deleteRefused, deleteButton, dropEditTitle, dropEditText, dropEdit } = words.responses;
  if (response.isOnServer) return { title: dropEditTitle, text: dropEditText, confirm: dropEdit, isDangerous: true };
  return { title: deleteTitle, text: response.state === 'draft' ? deleteDraft : deleteRefused, confirm: deleteButton, isDangerous: true };
}

function theirsQuestion(response: Response): Parameters<typeof ask>[0] {
  const gone = isGone(response.bookkeeping?.problem);
  return {
    title: gone ? words.responses.deleteTitle : words.responses.theirsTitle,
    text: gone ? words.responses.theirsGone : words.responses.theirs,
    confirm: gone ? words.responses.deleteButton : words.responses.theirsButton,
    isDangerous: true,
  };
}
