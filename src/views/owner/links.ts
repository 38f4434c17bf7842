/**
 * The public links of one questionnaire.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type LinkLimit, type LinkList, LinkLimit as Limits, type PublicLink } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import type { Questionnaire } from '../../models/questionnaires.ts';
import { fullTime } from '../../models/times.ts';
import { closeLink, fetchLinks, makeLink } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { type App, paths } from '../app.ts';
import { AskingScreen, back, select } from '../asking.ts';
import { ask } from '../dialog.ts';
import { icons } from '../icons.ts';
import { linkCard } from './link-card.ts';

export class Links extends AskingScreen<LinkList> {
  private readonly app: App;
  private readonly questionnaire: Questionnaire;
  private shown: PublicLink | null = null;
  private isMaking = false;
  private limit: LinkLimit = 'open';
  /** A date, empty for none. */
  private closesOn = '';

  constructor(app: App, questionnaire: Questionnaire) {
    super();
    this.app = app;
    this.questionnaire = questionnaire;
    void this.ask().catch(app.complain);
  }

  override heading(): string {
    return `${peopleWords.links.title}: ${this.questionnaire.title}`;
  }

  override template(): TemplateResult {
    return html`${back(paths.manage, words.nav.manage)}
      <h1 tabindex="-1">${this.heading()}</h1>
      <p class="lead">${peopleWords.links.lead}</p>
      ${this.questionnaire.isPublished ? nothing : html`<p class="note">${peopleWords.links.unpublished}</p>`} ${this.content()}`;
  }

  protected fetch(): Promise<Answer<LinkList>> {
    return fetchLinks(this.questionnaire.key);
  }

  protected arrived({ Links: all }: LinkList): TemplateResult {
    const { shown } = this;
    const close = (): void => {
      this.shown = null;
      this.say('');
    };
    return html`${shown === null
        ? this.making()
        : linkCard({ title: peopleWords.links.shareTitle, lead: describe(shown), address: `${location.origin}${paths.form}#${shown.Token}`, close, say: (text) => this.say(text) })}
      ${all.length === 0
        ? html`<div class="empty">${icons.share}<h2>${peopleWords.links.none}</h2><p>${peopleWords.links.noneText}</p></div>`
        : html`<ul class="cards">${all.map((link) => this.link(link))}</ul>`}`;
  }

  private making(): TemplateResult {
    const { links: says, limits } = peopleWords;
    return html`<section class="card" aria-labelledby="link-make-title">
      <h2 class="card-title" id="link-make-title">${says.make}</h2>
      ${select({ id: 'link-limit', label: says.limit, options: Limits.options.map((value) => ({ value, text: limits[value] })), value: this.limit, choose: (limit) => (this.limit = limit) })}
      <p class="hint">${says.limitHint}</p>
      <label class="label" for="link-closes">${says.closes}</label>
      <p class="hint" id="link-closes-hint">${says.closesHint}</p>
      <input class="input" id="link-closes" type="date" aria-describedby="link-closes-hint" .value=${this.closesOn} @change=${this.chooseDate} />
      <div class="actions">
        <button class="button primary" type="button" ?disabled=${this.isMaking} @click=${() => void this.make().catch(this.app.complain)}>${this.isMaking ? says.making : says.make}</button>
      </div>
    </section>`;
  }

  private link(link: PublicLink): TemplateResult {
    const { links: says } = peopleWords;
    const show = (): void => {
      this.shown = link;
      this.render();
      this.el.querySelector<HTMLElement>('.link-card')?.focus();
    };
    return html`<li class="card" data-id=${link.Id}>
      <p>${describe(link)}</p>
      <div class="actions">
        ${isClosed(link) ? nothing : html`<button class="button" type="button" @click=${show}>${says.show}<span class="unseen">: ${describe(link)}</span></button>`}
        <button class="button danger-quiet" type="button" @click=${() => void this.close(link).catch(this.app.complain)}>${isClosed(link) ? says.forget : says.close}<span class="unseen">: ${describe(link)}</span></button>
      </div>
    </li>`;
  }

  private readonly chooseDate = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.closesOn = event.target.value;
  };

  private async make(): Promise<void> {
    this.isMaking = true;
    this.renderSoon();
    // The day ends where the person is.
    const closesAt = this.closesOn === '' ? null : new Date(`${this.closesOn}T23:59:59.999`).toISOString();
    const made = await this.try(makeLink(this.questionnaire.key, this.limit, closesAt), '');
    this.isMaking = false;
    if (made !== null) this.shown = made.value;
    await this.ask();
    this.render();
    this.el.querySelector<HTMLElement>('.link-card')?.focus();
  }

  /** One that is closed already only goes from the list. */
  private async close(link: PublicLink): Promise<void> {
    const { links: says } = peopleWords;
    const wasClosed = isClosed(link);
    if (!wasClosed && !(await ask({ title: says.closeTitle, text: says.closeText, confirm: says.close, isDangerous: true }))) return;
    await this.try(closeLink(link.Id), wasClosed ? says.forgotten : says.closedNow);
    this.shown = null;
    await this.ask();
  }
}

const isClosed = ({ ClosesAt }: PublicLink): boolean => ClosesAt !== null && Date.parse(ClosesAt) <= Date.now();

function describe(link: PublicLink): string {
  const { links: says, limits } = peopleWords;
  const { ClosesAt, Limit } = link;
  if (ClosesAt === null) return says.line(limits[Limit], says.openEnd);
  return says.line(limits[Limit], isClosed(link) ? says.closed(fullTime(ClosesAt)) : says.until(fullTime(ClosesAt)));
}
