/**
 * The keys of programs: making one, which is shown once, and removing them.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Key, type Member, ROLES, type Role } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import { fullTime, relativeTime } from '../../models/times.ts';
import { fetchKeys, fetchMembers, makeKey, removeKey } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { type App, paths } from '../app.ts';
import { AskingScreen, back, select } from '../asking.ts';
import { ask } from '../dialog.ts';
import { icons } from '../icons.ts';
import { handOver } from './hand-over.ts';
import { keyIcon } from './key-icon.ts';

interface Here {
  readonly keys: readonly Key[];
  readonly members: readonly Member[];
}
/** A key that was just made: it is shown until the person has done with it, and then nowhere again. */
interface Made {
  readonly name: string;
  readonly role: Role;
  readonly key: string;
}

const says = peopleWords.keys;

export class Keys extends AskingScreen<Here> {
  private readonly app: App;
  private made: Made | null = null;
  private isMaking = false;
  private name = '';
  private isNameMissing = false;
  /** The one that can do no harm, unless the person wants another. */
  private role: Role = 'viewer';

  constructor(app: App) {
    super();
    this.app = app;
    void this.ask().catch(app.complain);
  }

  override heading(): string {
    return says.title;
  }

  override template(): TemplateResult {
    return html`${back(paths.people, words.nav.people)}
      <h1 tabindex="-1">${says.title}</h1>
      <p class="lead">${says.lead}</p>
      ${this.content()}`;
  }

  protected async fetch(): Promise<Answer<Here>> {
    const [keys, members] = await Promise.all([fetchKeys(), fetchMembers()]);
    if (keys.kind !== 'ok') return keys;
    if (members.kind !== 'ok') return members;
    return { kind: 'ok', value: { keys: keys.value.Keys, members: members.value.Members } };
  }

  protected arrived({ keys, members }: Here): TemplateResult {
    return html`${this.made === null ? this.making() : this.handing(this.made)}
      ${keys.length === 0
        ? html`<div class="empty">${keyIcon}<h2>${says.none}</h2><p>${says.noneText}</p></div>`
        : html`<section aria-labelledby="keys-title">
            <h2 id="keys-title">${says.list}</h2>
            <ul class="cards">${keys.map((key) => this.card(key, members))}</ul>
          </section>`}`;
  }

  private making(): TemplateResult {
    const { roles } = peopleWords;
    const options = ROLES.toReversed().map((value) => ({ value, text: roles[value] }));
    return html`<form class="card" novalidate aria-labelledby="key-make-title" @submit=${this.submit}>
      <h2 class="card-title" id="key-make-title">${says.makeTitle}</h2>
      <label class="label" for="key-name">${says.name}</label>
      <p class="hint" id="key-name-hint">${says.nameHint}</p>
      <input
        class="input"
        id="key-name"
        maxlength="100"
        autocomplete="off"
        required
        aria-describedby="key-name-hint key-name-problem"
        aria-invalid=${this.isNameMissing}
        .value=${this.name}
        @input=${this.typed}
      />
      <div class="problem" id="key-name-problem" aria-live="polite">${this.isNameMissing ? html`<p>${icons.alert}${says.nameMissing}</p>` : nothing}</div>
      ${select({ id: 'key-role', label: says.role, options, value: this.role, choose: (role) => this.choose(role) })}
      <p class="hint" aria-live="polite">${roles[this.role]}: ${says.hints[this.role]}.</p>
      <div class="actions">
        <button class="button primary" ?disabled=${this.isMaking}>${this.isMaking ? says.making : says.make}</button>
      </div>
    </form>`;
  }

  private handing({ name, role, key }: Made): TemplateResult {
    const { madeTitle, madeLead, key: label, copy, copied, notCopied } = says;
    const close = (): void => {
      this.made = null;
      this.say('');
    };
    const lead = madeLead(peopleWords.roles[role]);
    return handOver({ title: madeTitle(name), lead, text: key, label, copy, copied, notCopied, close, say: (text) => this.say(text) });
  }

  private card(key: Key, members: readonly Member[]): TemplateResult {
    const { Id, Name, Role: role, Account, MadeAt, LastUsedAt } = key;
    const by = members.find((member) => member.Id === Account)?.Name ?? '';
    const used = LastUsedAt === null ? says.unused : says.used(relativeTime(LastUsedAt, this.app.status.nowMs));
    return html`<li class="card" data-id=${Id}>
      <h3 class="card-title">${Name}</h3>
      <p class="muted">${peopleWords.roles[role]} · ${used} · ${says.made(fullTime(MadeAt), by)}</p>
      <div class="actions">
        <button class="button danger-quiet" type="button" @click=${() => void this.removeOne(key).catch(this.app.complain)}>${says.remove}<span class="unseen">: ${Name}</span></button>
      </div>
    </li>`;
  }

  private choose(role: Role): void {
    this.role = role;
    this.renderSoon();
  }

  private readonly typed = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.name = event.target.value;
    if (!this.isNameMissing) return;
    this.isNameMissing = false;
    this.renderSoon();
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.make().catch(this.app.complain);
  };

  private async make(): Promise<void> {
    const { role, isMaking } = this;
    const name = this.name.trim();
    if (isMaking) return;
    this.isNameMissing = name === '';
    this.isMaking = !this.isNameMissing;
    this.render();
    if (this.isNameMissing) return this.askForName();
    const made = await this.try(makeKey(name, role), '');
    this.isMaking = false;
    if (made !== null) {
      this.made = { name, role, key: made.value.Key };
      this.name = '';
    }
    await this.ask();
    this.render();
    this.el.querySelector<HTMLElement>('.link-card')?.focus();
  }

  /** With what is asked above the field in sight, which the header would hide. */
  private askForName(): void {
    const input = this.el.querySelector<HTMLElement>('#key-name');
    input?.closest('form')?.scrollIntoView({ block: 'nearest' });
    input?.focus({ preventScroll: true });
  }

  private async removeOne({ Id, Name }: Key): Promise<void> {
    if (!(await ask({ title: says.removeTitle(Name), text: says.removeText, confirm: says.remove, isDangerous: true }))) return;
    await this.try(removeKey(Id), says.removed(Name));
    await this.ask();
  }
}
