/**
 * Where the link of an owner leads somebody who has forgotten their password.
 */
import { html, type TemplateResult } from 'lit-html';
import { MIN_PASSWORD_LENGTH, type Session } from '../../../protocol/index.ts';
import type { ResetShown } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import { lookAtReset, setPassword } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { reasonOf } from '../asking.ts';
import { isToken, toApp } from './token.ts';
import { AccountForm, type Entered } from '../sign-in.ts';

export class NewPassword extends AccountForm {
  private readonly token: string;
  private shown: ResetShown | null = null;
  /** Why the link does not work; null while that is not known. */
  private gone: string | null = null;

  /** `token` stands behind the `#` of the link. */
  constructor(signedIn: (session: Session) => Promise<void>, token: string) {
    super(signedIn);
    this.token = token;
    void this.look();
  }

  protected get says() {
    const { password: says, join } = peopleWords;
    const { submit, busy } = says;
    if (this.shown !== null) return { title: says.title, lead: says.lead(this.shown.Name, this.shown.Email), submit, busy };
    return this.gone === null ? { title: says.title, lead: peopleWords.loading, submit, busy } : { title: says.goneTitle, lead: this.gone === '' ? join.noToken : this.gone, submit, busy };
  }

  protected override get hasForm(): boolean {
    return this.shown !== null;
  }

  protected override instead(): TemplateResult {
    return toApp();
  }

  protected fields(): TemplateResult {
    return html`<input class="unseen" name="email" type="email" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${this.shown?.Email ?? ''} />
      <label class="label" for="password">${peopleWords.password.label}</label>
      <p class="hint" id="password-hint">${words.welcome.passwordHint(MIN_PASSWORD_LENGTH)}</p>
      <input class="input" id="password" name="password" type="password" autocomplete="new-password" aria-describedby="password-hint" required />`;
  }

  protected complaint({ password }: Entered): string | null {
    return password.length < MIN_PASSWORD_LENGTH ? words.welcome.passwordShort(MIN_PASSWORD_LENGTH) : null;
  }

  protected send({ password }: Entered): Promise<Answer<Session>> {
    return setPassword(this.token, password);
  }

  protected refusal(_status: number, detail: string): string {
    return detail === '' ? words.problems.server : detail;
  }

  private async look(): Promise<void> {
    const answer = isToken(this.token) ? await lookAtReset(this.token) : null;
    if (answer === null) this.gone = '';
    else if (answer.kind === 'ok') this.shown = answer.value;
    else this.gone = reasonOf(answer);
    this.renderSoon();
  }
}
