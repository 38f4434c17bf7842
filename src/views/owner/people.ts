/**
 * Who belongs to the workspace: inviting, roles, a new password, the way out.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Invitation, type Member, ROLES, type Role } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import { fullTime } from '../../models/times.ts';
import { changeRole, fetchInvitations, fetchMembers, invite, makeReset, removeMember as removeFromHere, withdrawInvitation } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { type App, paths } from '../app.ts';
import { AskingScreen, select } from '../asking.ts';
import { ask } from '../dialog.ts';
import { icons } from '../icons.ts';
import { keyIcon } from './key-icon.ts';
import { linkCard } from './link-card.ts';

interface Here {
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
}
/** A link that was just made: it is shown until the person has done with it. */
interface Made {
  readonly title: string;
  readonly lead: string;
  readonly address: string;
}

const USES = ['1', '10', '50', '500'] as const;
const DAYS = ['1', '7', '30'] as const;

export class People extends AskingScreen<Here> {
  private readonly app: App;
  private made: Made | null = null;
  private isMaking = false;
  private role: Role = 'collector';
  private uses: (typeof USES)[number] = '1';
  private days: (typeof DAYS)[number] = '7';

  constructor(app: App) {
    super();
    this.app = app;
    void this.ask().catch(app.complain);
  }

  override heading(): string {
    return words.nav.people;
  }

  override template(): TemplateResult {
    return html`<h1 tabindex="-1">${words.nav.people}</h1>
      ${this.content()}`;
  }

  protected async fetch(): Promise<Answer<Here>> {
    const [members, invitations] = await Promise.all([fetchMembers(), fetchInvitations()]);
    if (members.kind !== 'ok') return members;
    if (invitations.kind !== 'ok') return invitations;
    return { kind: 'ok', value: { members: members.value.Members, invitations: invitations.value.Invitations } };
  }

  protected arrived({ members, invitations }: Here): TemplateResult {
    const close = (): void => {
      this.made = null;
      this.say('');
    };
    return html`${this.made === null ? this.inviting() : linkCard({ ...this.made, close, say: (text) => this.say(text) })}
      <ul class="cards people">${members.map((member) => this.member(member))}</ul>
      ${invitations.length === 0 ? nothing : this.open(invitations)}
      <nav class="ways" aria-label=${peopleWords.people.more}>
        <a class="with-icon" href=${paths.keys}>${keyIcon}${peopleWords.keys.title}</a>
        <a class="with-icon" href=${paths.log}>${icons.clipboard}${peopleWords.people.log}</a>
      </nav>`;
  }

  private inviting(): TemplateResult {
    const { invite: says, roles, roleHints } = peopleWords;
    const uses = USES.map((value) => ({ value, text: value === '1' ? says.one : says.several(Number(value)) }));
    return html`<section class="card" aria-labelledby="invite-title">
      <h2 class="card-title" id="invite-title">${says.title}</h2>
      <p class="muted">${says.lead}</p>
      ${select({ id: 'invite-role', label: says.role, options: ROLES.toReversed().map((value) => ({ value, text: roles[value] })), value: this.role, choose: (role) => this.set({ role }) })}
      <p class="hint" aria-live="polite">${roles[this.role]}: ${roleHints[this.role]}.</p>
      <div class="pair">
        <div>${select({ id: 'invite-uses', label: says.uses, options: uses, value: this.uses, choose: (value) => (this.uses = value) })}</div>
        <div>${select({ id: 'invite-days', label: says.days, options: DAYS.map((value) => ({ value, text: says.day(Number(value)) })), value: this.days, choose: (value) => (this.days = value) })}</div>
      </div>
      <div class="actions">
        <button class="button primary" type="button" ?disabled=${this.isMaking} @click=${() => void this.invite().catch(this.app.complain)}>${this.isMaking ? says.making : says.make}</button>
      </div>
    </section>`;
  }

  private member(member: Member): TemplateResult {
    const { people, roles } = peopleWords;
    const isSelf = member.Id === this.app.session.Account.Id;
    const run = (work: Promise<void>): void => void work.catch(this.app.complain);
    return html`<li class="card" data-id=${member.Id}>
      <h2 class="card-title">${member.Name}${isSelf ? html` <small class="muted">(${people.you})</small>` : nothing}</h2>
      <p class="muted">${member.Email}</p>
      <div class="actions">
        ${isSelf
          ? html`<span>${roles[member.Role]}</span>`
          : html`${select({
                id: `role-${member.Id}`,
                label: people.role(member.Name),
                isLabelUnseen: true,
                options: ROLES.map((value) => ({ value, text: roles[value] })),
                value: member.Role,
                choose: (role) => run(this.changeRole(member, role)),
              })}
              <button class="button quiet" type="button" @click=${() => run(this.reset(member))}>${people.reset}<span class="unseen">: ${member.Name}</span></button>
              <button class="button danger-quiet" type="button" @click=${() => run(this.removeMember(member))}>${people.remove}<span class="unseen">: ${member.Name}</span></button>`}
      </div>
    </li>`;
  }

  private open(invitations: readonly Invitation[]): TemplateResult {
    const { invite: says, roles } = peopleWords;
    return html`<section aria-labelledby="open-title">
      <h2 id="open-title">${says.open}</h2>
      <ul class="cards">
        ${invitations.map(
          ({ Id, Role: role, UsesLeft, ExpiresAt }) => html`<li class="card">
            <p>${says.line(roles[role], UsesLeft, fullTime(ExpiresAt))}</p>
            <div class="actions">
              <button class="button danger-quiet" type="button" @click=${() => void this.withdraw(Id).catch(this.app.complain)}>${says.withdraw}<span class="unseen">: ${roles[role]}</span></button>
            </div>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private set({ role }: { readonly role: Role }): void {
    this.role = role;
    this.renderSoon();
  }

  private async invite(): Promise<void> {
    const { invite: says, roles } = peopleWords;
    this.isMaking = true;
    this.renderSoon();
    const made = await this.try(invite(this.role, Number(this.uses), Number(this.days)), '');
    this.isMaking = false;
    if (made === null) return;
    const { ExpiresAt, Role: role, Token, UsesLeft } = made.value;
    await this.show({ title: says.made(roles[role]), lead: says.madeLead(UsesLeft, fullTime(ExpiresAt)), address: `${location.origin}${paths.join}#${Token}` });
  }

  private async reset({ Id, Name, Email }: Member): Promise<void> {
    const { people } = peopleWords;
    const made = await this.try(makeReset(Id), '');
    if (made === null) return;
    const lead = people.resetLead(Name, Email, fullTime(made.value.ExpiresAt));
    await this.show({ title: people.resetTitle(Name), lead, address: `${location.origin}${paths.newPassword}#${made.value.Token}` });
  }

  private async show(made: Made): Promise<void> {
    this.made = made;
    await this.ask();
    this.render();
    const card = this.el.querySelector<HTMLElement>('.link-card');
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  }

  private async changeRole({ Id, Name }: Member, role: Role): Promise<void> {
    await this.try(changeRole(Id, role), peopleWords.people.roleChanged(Name, peopleWords.roles[role]));
    await this.ask();
  }

  private async removeMember({ Id, Name }: Member): Promise<void> {
    const { people } = peopleWords;
    if (!(await ask({ title: people.removeTitle(Name), text: people.removeText, confirm: people.remove, isDangerous: true }))) return;
    await this.try(removeFromHere(Id), people.removed(Name));
    await this.ask();
  }

  private async withdraw(id: string): Promise<void> {
    await this.try(withdrawInvitation(id), peopleWords.invite.withdrawn);
    await this.ask();
  }
}
