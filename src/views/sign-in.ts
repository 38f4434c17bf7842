/**
 * Signing in, and the making of the first owner's account, which is the same form with a name.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Answer, makeOwner, signIn } from '../api.ts';
import { MIN_PASSWORD_LENGTH, type Session } from '../../protocol/index.ts';
import { words } from '../words.ts';
import { paths } from './app.ts';
import { Screen } from './base.ts';
import { mark } from './icons.ts';

export interface Entered {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

interface FormWords {
  readonly title: string;
  readonly lead: string;
  readonly submit: string;
  readonly busy: string;
}

export abstract class AccountForm extends Screen {
  private readonly signedIn: (session: Session) => Promise<void>;
  private isBusy = false;
  private problem = '';

  constructor(signedIn: (session: Session) => Promise<void>) {
    super();
    this.signedIn = signedIn;
  }

  protected abstract get says(): FormWords;
  protected abstract fields(): TemplateResult;
  /** What is missing or wrong before anybody is asked, or null. */
  protected abstract complaint(entered: Entered): string | null;
  protected abstract send(entered: Entered): Promise<Answer<Session>>;
  protected abstract refusal(status: number, detail: string): string;

  /** Whether there is anything to fill in. */
  protected get hasForm(): boolean {
    return true;
  }

  /** What stands there where nothing can be filled in. */
  protected instead(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Where signing in can wait. */
  protected wayBack(): TemplateResult | typeof nothing {
    return nothing;
  }

  override heading(): string {
    return this.says.title;
  }

  override get isAlone(): boolean {
    return true;
  }

  override template(): TemplateResult {
    return html`<div class="gate">
      <div class="gate-brand">${mark}<span>${words.app}</span></div>
      <h1 tabindex="-1">${this.says.title}</h1>
      <p class="lead">${this.says.lead}</p>
      <form class="gate-form card" novalidate ?hidden=${!this.hasForm} @submit=${this.submit}>
        <div class="problem" role="alert">${this.problem === '' ? nothing : html`<p>${this.problem}</p>`}</div>
        ${this.fields()}
        <button class="button primary wide" ?disabled=${this.isBusy}>${this.isBusy ? this.says.busy : this.says.submit}</button>
        ${this.wayBack()}
      </form>
      ${this.hasForm ? nothing : this.instead()}
    </div>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || this.isBusy) return;
    const data = new FormData(event.target);
    const text = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    };
    void this.trySend({ name: text('name').trim(), email: text('email').trim(), password: text('password') });
  };

  private async trySend(entered: Entered): Promise<void> {
    this.show(this.complaint(entered) ?? '', false);
    if (this.problem !== '') return;
    this.show('', true);
    try {
      const answer = await this.send(entered);
      if (answer.kind === 'ok') await this.signedIn(answer.value);
      else this.show(answer.kind === 'offline' ? words.signIn.offline : this.refusal(answer.status, answer.detail), false);
    } catch (error) {
      this.show(words.problems.unexpected, false);
      throw error;
    }
  }

  private show(problem: string, isBusy: boolean): void {
    this.problem = problem;
    this.isBusy = isBusy;
    this.render();
  }
}

export const emailField = (value: string): TemplateResult => html`<label class="label" for="email">${words.signIn.email}</label>
  <input class="input" id="email" name="email" type="email" autocomplete="username" autocapitalize="none" spellcheck="false" required value=${value} />`;

const serverProblem = (detail: string): string => (detail === '' ? words.problems.server : detail);

export class SignIn extends AccountForm {
  /** Whose session ended, or null for a first sign-in. */
  private readonly again: string | null;

  constructor(signedIn: (session: Session) => Promise<void>, again: string | null) {
    super(signedIn);
    this.again = again;
  }

  protected get says(): FormWords {
    const { title, lead, again, againLead, submit, busy } = words.signIn;
    return this.again === null ? { title, lead, submit, busy } : { title: again, lead: againLead, submit, busy };
  }

  protected fields(): TemplateResult {
    return html`${emailField(this.again ?? '')}
      <label class="label" for="password">${words.signIn.password}</label>
      <input class="input" id="password" name="password" type="password" autocomplete="current-password" required />`;
  }

  protected override wayBack(): TemplateResult | typeof nothing {
    return this.again === null ? nothing : html`<a class="button quiet wide" href=${paths.responses}>${words.signIn.notNow}</a>`;
  }

  protected complaint({ email, password }: Entered): string | null {
    if (!email.includes('@')) return words.signIn.emailMissing;
    return password === '' ? words.signIn.passwordMissing : null;
  }

  protected send({ email, password }: Entered): Promise<Answer<Session>> {
    return signIn(email, password);
  }

  protected refusal(status: number, detail: string): string {
    return status === 401 ? words.signIn.wrong : serverProblem(detail);
  }
}

export class Welcome extends AccountForm {
  private readonly token: string;

  /** `token` stands behind the `#` of the link that the server printed, so that it is in no log. */
  constructor(signedIn: (session: Session) => Promise<void>, token: string) {
    super(signedIn);
    this.token = token;
  }

  protected get says(): FormWords {
    return words.welcome;
  }

  protected fields(): TemplateResult {
    return html`<label class="label" for="name">${words.welcome.name}</label>
      <input class="input" id="name" name="name" autocomplete="name" required />
      ${emailField('')}
      <label class="label" for="password">${words.signIn.password}</label>
      <p class="hint" id="password-hint">${words.welcome.passwordHint(MIN_PASSWORD_LENGTH)}</p>
      <input class="input" id="password" name="password" type="password" autocomplete="new-password" aria-describedby="password-hint" required />`;
  }

  protected complaint({ name, email, password }: Entered): string | null {
    if (this.token === '') return words.welcome.noToken;
    if (name === '') return words.welcome.nameMissing;
    if (!email.includes('@')) return words.signIn.emailMissing;
    return password.length < MIN_PASSWORD_LENGTH ? words.welcome.passwordShort(MIN_PASSWORD_LENGTH) : null;
  }

  protected send({ name, email, password }: Entered): Promise<Answer<Session>> {
    return makeOwner(this.token, name, email, password);
  }

  protected refusal(status: number, detail: string): string {
    return status === 401 || status === 403 || status === 410 ? words.welcome.refused : serverProblem(detail);
  }
}
