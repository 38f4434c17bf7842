/**
 * The audit log: who did what, newest first.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { AuditEntry, AuditPage } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import { fullTime } from '../../models/times.ts';
import { fetchLog } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { type App, paths } from '../app.ts';
import { AskingScreen, back } from '../asking.ts';
import { icons } from '../icons.ts';

export class Log extends AskingScreen<AuditPage> {
  private readonly app: App;
  /** What was fetched after the first page. */
  private older: readonly AuditEntry[] = [];
  /** Where the next page begins; undefined until one was asked for. */
  private next: string | null | undefined;

  constructor(app: App) {
    super();
    this.app = app;
    void this.ask().catch(app.complain);
  }

  override heading(): string {
    return peopleWords.logScreen.title;
  }

  override template(): TemplateResult {
    return html`${back(paths.people, words.nav.people)}
      <h1 tabindex="-1">${peopleWords.logScreen.title}</h1>
      <p class="lead">${peopleWords.logScreen.lead}</p>
      ${this.content()}`;
  }

  protected fetch(): Promise<Answer<AuditPage>> {
    return fetchLog(null);
  }

  protected arrived({ Entries, Next }: AuditPage): TemplateResult {
    const next = this.next === undefined ? Next : this.next;
    if (Entries.length === 0) return html`<div class="empty">${icons.clipboard}<h2>${peopleWords.logScreen.none}</h2></div>`;
    return html`<ol class="log card">
        ${[...Entries, ...this.older].map((entry) => this.line(entry))}
      </ol>
      ${next === null ? nothing : html`<button class="button" type="button" @click=${() => void this.fetchOlder(next).catch(this.app.complain)}>${peopleWords.logScreen.older}</button>`}`;
  }

  private line(entry: AuditEntry): TemplateResult {
    return html`<li>
      <p>${this.sentence(entry)}</p>
      <time class="muted" datetime=${entry.At}>${fullTime(entry.At)}</time>
    </li>`;
  }

  private sentence({ Action, Account, Member, Role, Subject }: AuditEntry): string {
    const { log, logScreen, roles } = peopleWords;
    const by = Account === null ? logScreen.server : (Account.Name ?? logScreen.gone);
    const who = Member?.Name ?? logScreen.gone;
    return log[Action]({ by, who, what: this.what(Action, Subject), role: Role === null ? '' : roles[Role] });
  }

  /** The title of a questionnaire, the name of a device, or nothing. */
  private what(action: AuditEntry['Action'], subject: string | null): string {
    if (subject === null) return '';
    if (action.startsWith('session.')) return subject;
    const title = this.app.questionnaires.get(subject)?.title;
    return title === undefined ? peopleWords.logScreen.questionnaire : `“${title}”`;
  }

  private async fetchOlder(before: string): Promise<void> {
    const page = await this.try(fetchLog(before), '');
    if (page === null) return;
    this.older = [...this.older, ...page.value.Entries];
    this.next = page.value.Next;
    this.renderSoon();
  }
}
