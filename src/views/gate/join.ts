/**
 * Where an invitation leads: a new account, one that is there already, or whoever is signed in.
 */
import { html, type TemplateResult } from 'lit-html';
import { MIN_PASSWORD_LENGTH, type Session } from '../../../protocol/index.ts';
import type { InvitationShown } from '../../../protocol/people.ts';
import { type Answer, fetchSession } from '../../api.ts';
import { acceptInvitation, join, lookAtInvitation } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { reasonOf } from '../asking.ts';
import { isToken, toApp } from './token.ts';
import { AccountForm, type Entered, emailField } from '../sign-in.ts';

type Looked =
  | { readonly kind: 'looking' }
  | { readonly kind: 'gone'; readonly reason: string }
  | { readonly kind: 'there'; readonly shown: InvitationShown; readonly signedIn: Session | null };

export class Join extends AccountForm {
  private readonly token: string;
  private looked: Looked = { kind: 'looking' };

  /** `token` stands behind the `#` of the link. */
  constructor(signedIn: (session: Session) => Promise<void>, token: string) {
    super(signedIn);
    this.token = token;
    void this.look();
  }

  protected get says() {
    const { join: says, roleHints, roles } = peopleWords;
    switch (this.looked.kind) {
      case 'looking':
        return { title: says.lookingTitle, lead: says.looking, submit: says.submit, busy: says.busy };
      case 'gone':
        return { title: says.goneTitle, lead: this.looked.reason, submit: peopleWords.again, busy: says.looking };
      case 'there': {
        const { shown, signedIn } = this.looked;
        const submit = signedIn === null ? says.submit : says.asSubmit(signedIn.Account.Name);
        return { title: says.title(shown.Workspace), lead: says.lead(roles[shown.Role], roleHints[shown.Role]), submit, busy: says.busy };
      }
      default: {
        const never: never = this.looked;
        return never;
      }
    }
  }

  protected override get hasForm(): boolean {
    return this.looked.kind === 'there';
  }

  protected override instead(): TemplateResult {
    return toApp();
  }

  protected fields(): TemplateResult {
    if (this.looked.kind === 'there' && this.looked.signedIn !== null) {
      const { Name, Email } = this.looked.signedIn.Account;
      return html`<p>${peopleWords.join.as(Name)}</p>
        <p class="muted">${Email}</p>`;
    }
    return html`<label class="label" for="name">${words.welcome.name}</label>
      <input class="input" id="name" name="name" autocomplete="name" required />
      ${emailField('')}
      <label class="label" for="password">${words.signIn.password}</label>
      <p class="hint" id="password-hint">${words.welcome.passwordHint(MIN_PASSWORD_LENGTH)} ${peopleWords.join.known}</p>
      <input class="input" id="password" name="password" type="password" autocomplete="new-password" aria-describedby="password-hint" required />`;
  }

  protected complaint({ name, email, password }: Entered): string | null {
    if (this.looked.kind === 'there' && this.looked.signedIn !== null) return null;
    if (name === '') return words.welcome.nameMissing;
    if (!email.includes('@')) return words.signIn.emailMissing;
    return password.length < MIN_PASSWORD_LENGTH ? words.welcome.passwordShort(MIN_PASSWORD_LENGTH) : null;
  }

  protected send({ name, email, password }: Entered): Promise<Answer<Session>> {
    if (this.looked.kind === 'there' && this.looked.signedIn !== null) return acceptInvitation(this.token);
    return join(this.token, name, email, password);
  }

  protected refusal(_status: number, detail: string): string {
    return detail === '' ? words.problems.server : detail;
  }

  /** What the invitation is to, and who is signed in here, as the server says. */
  private async look(): Promise<void> {
    this.looked = !isToken(this.token) ? { kind: 'gone', reason: peopleWords.join.noToken } : await this.ask();
    this.renderSoon();
  }

  private async ask(): Promise<Looked> {
    const [invitation, session] = await Promise.all([lookAtInvitation(this.token), fetchSession()]);
    if (invitation.kind !== 'ok') return { kind: 'gone', reason: reasonOf(invitation) };
    return { kind: 'there', shown: invitation.value, signedIn: session.kind === 'ok' ? session.value : null };
  }
}
