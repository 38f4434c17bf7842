/**
 * Which path opens which screen.
 */
import Backbone from 'backbone';
import type { Session } from '../../protocol/index.ts';
import type { Questionnaire } from '../models/questionnaires.ts';
import { Response } from '../models/responses.ts';
import { has } from '../models/roles.ts';
import { rememberSession } from '../models/session.ts';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import type { Screen } from './base.ts';
import type * as Forms from './forms.ts';
import { Home } from './home.ts';
import { pageNotFound, questionnaireMissing, responseMissing } from './notices.ts';
import { ResponsesList } from './responses.ts';
import { SignIn } from './sign-in.ts';
import { Submitted } from './submitted.ts';

interface RouterParts {
  readonly app: App;
  readonly show: (screen: Screen) => void;
  readonly signedIn: (session: Session) => Promise<void>;
}

export class Router extends Backbone.Router {
  /** Counts the screens that were asked for, since the code of some has to be fetched first. */
  private asked = 0;

  constructor({ app, show, signedIn }: RouterParts) {
    super();
    const showLater = async (coming: Promise<Screen>, turn: number): Promise<void> => {
      const screen = await coming;
      if (turn === this.asked) show(screen);
    };
    const open = (pattern: string, screenOf: (id: string) => Screen | Promise<Screen>): void => {
      this.route(pattern, (id: string | null) => {
        this.asked += 1;
        const screen = screenOf(id ?? '');
        if (screen instanceof Promise) void showLater(screen, this.asked).catch(app.complain);
        else show(screen);
      });
    };
    // Backbone asks the latest first.
    open('*anything', pageNotFound);
    const { place } = app;
    const managing = async (): Promise<Screen> => new (await import('./owner/manage.ts')).Manage(app);
    const joined = async (joining: Session): Promise<void> => {
      await rememberSession(joining);
      // Another account has other rows, and another role other screens.
      location.assign(paths.home);
    };
    open('', () => (has(place, 'fill') ? new Home(app) : managing()));
    open('join', async () => new (await import('./gate/join.ts')).Join(joined, location.hash.slice(1)));
    open('new-password', async () => new (await import('./gate/new-password.ts')).NewPassword(joined, location.hash.slice(1)));
    open('form', async () => new (await import('./gate/form.ts')).OpenFormScreen(location.hash.slice(1)));
    open('devices', async () => new (await import('./devices.ts')).Devices(app));
    open('sign-in', () => new SignIn(signedIn, app.session.Account.Email));
    open('fill/:id', (id) => fill(app, id, null));
    open('responses', () => new ResponsesList(app));
    open('responses/:id', (id) => ofResponse(app, id, async (response) => new (await forms()).ResponseScreen(app, response)));
    open('responses/:id/submitted', (id) => ofResponse(app, id, (response) => new Submitted(app, response)));
    open('responses/:id/edit', (id) => ofResponse(app, id, (response) => fill(app, response.questionnaireId, response)));
    open('report', async () => new (await import('./report.ts')).ReportScreen(app));
    if (has(place, 'manage') || has(place, 'results')) open('manage', managing);
    if (has(place, 'results')) open('manage/:id/results', (id) => ofQuestionnaire(app, id, async (each) => new (await import('./owner/results.ts')).Results(app, each)));
    if (has(place, 'links')) open('manage/:id/links', (id) => ofQuestionnaire(app, id, async (each) => new (await import('./owner/links.ts')).Links(app, each)));
    if (has(place, 'people')) {
      open('people', async () => new (await import('./owner/people.ts')).People(app));
      open('people/keys', async () => new (await import('./owner/keys.ts')).Keys(app));
      open('people/log', async () => new (await import('./owner/log.ts')).Log(app));
    }
  }
}

/** The screens that work with a form: fetched after the first ones are up, and before anybody asks for them. */
export const forms = (): Promise<typeof Forms> => import('./forms.ts');

function ofResponse(app: App, id: string, screenOf: (response: Response) => Screen | Promise<Screen>): Screen | Promise<Screen> {
  const response = app.responses.byId(id);
  return response === undefined ? ofFetched(app, id, screenOf) : screenOf(response);
}

/** One that a crash has taken from localStorage is on its way back; one that was sent long ago may be on the server alone. */
async function ofFetched(app: App, id: string, screenOf: (response: Response) => Screen | Promise<Screen>): Promise<Screen> {
  await app.restored;
  const [asked] = await Promise.allSettled([app.engine.fetch(app.responses, id)]);
  if (asked.status === 'rejected') return responseMissing(words.fill.unasked);
  return asked.value instanceof Response ? screenOf(asked.value) : responseMissing(words.fill.gone);
}

async function fill(app: App, questionnaireId: string, response: Response | null): Promise<Screen> {
  const questionnaire = app.questionnaires.get(questionnaireId);
  const definition = questionnaire?.definition ?? null;
  if (questionnaire === undefined || definition === null) return questionnaireMissing();
  const { Fill } = await forms();
  return new Fill(app, { questionnaire, definition, response });
}

function ofQuestionnaire(app: App, id: string, screenOf: (questionnaire: Questionnaire) => Promise<Screen>): Screen | Promise<Screen> {
  const questionnaire = app.questionnaires.get(id);
  return questionnaire === undefined ? questionnaireMissing() : screenOf(questionnaire);
}
