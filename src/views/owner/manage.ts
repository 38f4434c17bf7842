/**
 * The owner's questionnaires: adding one from a file, and the way to its results.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type FormError, parseQuestionnaire, type Questionnaire as Definition } from '../../../forms/index.ts';
import { MAX_REQUEST_BYTES } from '../../../protocol/index.ts';
import { uploadQuestionnaire } from '../../api.ts';
import type { Place } from '../../models/places.ts';
import type { Questionnaire } from '../../models/questionnaires.ts';
import { has } from '../../models/roles.ts';
import { words } from '../../words.ts';
import { ownerWords } from '../../words-owner.ts';
import { type App, paths } from '../app.ts';
import { Screen } from '../base.ts';
import { icons } from '../icons.ts';

/** What is known of the file that was chosen. */
type Chosen =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly errors: readonly FormError[] }
  | { readonly kind: 'fine'; readonly definition: Definition }
  | { readonly kind: 'uploading'; readonly definition: Definition }
  | { readonly kind: 'failed'; readonly definition: Definition; readonly reason: string }
  | { readonly kind: 'uploaded'; readonly title: string };

/** The value of the radio button that makes a new questionnaire; no id looks like it. */
const NEW = '';

export class Manage extends Screen {
  private readonly app: App;
  private chosen: Chosen = { kind: 'none' };
  /** The questionnaire that gets a new version, or `NEW`. */
  private target = NEW;

  constructor(app: App) {
    super();
    this.app = app;
    this.listenTo(app.questionnaires, 'update change reset', this.renderSoon);
  }

  override heading(): string {
    return has(this.app.place, 'manage') ? ownerWords.manage.title : ownerWords.results.title;
  }

  override template(): TemplateResult {
    const all = this.app.questionnaires.models;
    return html`<h1 tabindex="-1">${this.heading()}</h1>
      ${has(this.app.place, 'manage') ? this.adding() : nothing}
      ${all.length === 0
        ? html`<div class="empty">${icons.clipboard}<h2>${ownerWords.manage.emptyTitle}</h2>${has(this.app.place, 'manage') ? html`<p>${ownerWords.manage.empty}</p>` : nothing}</div>`
        : html`<ul class="cards">${all.map((each) => questionnaireCard(each, this.app.place))}</ul>`}`;
  }

  private adding(): TemplateResult {
    return html`<section class="card upload" aria-labelledby="upload-title">
        <h2 class="card-title" id="upload-title">${ownerWords.manage.uploadTitle}</h2>
        <p class="muted">${ownerWords.manage.uploadLead}</p>
        <label class="button file-button">
          ${icons.upload}${ownerWords.manage.choose}<input type="file" accept=".json,application/json" @change=${this.choose} />
        </label>
        <div aria-live="polite">${this.outcome()}</div>
      </section>`;
  }

  private outcome(): TemplateResult | typeof nothing {
    const { chosen } = this;
    switch (chosen.kind) {
      case 'none':
        return nothing;
      case 'unreadable':
        return html`<div class="problem"><p>${icons.alert}${chosen.reason}</p></div>`;
      case 'wrong':
        return errorList(chosen.errors);
      case 'fine':
      case 'uploading':
        return this.offer(chosen.definition, chosen.kind === 'uploading', '');
      case 'failed':
        return this.offer(chosen.definition, false, chosen.reason);
      case 'uploaded':
        return html`<p class="note">${ownerWords.manage.uploaded(chosen.title)}</p>`;
      default: {
        const never: never = chosen;
        throw new Error(`No such outcome: ${String(never)}`);
      }
    }
  }

  private offer(definition: Definition, isBusy: boolean, reason: string): TemplateResult {
    const sameTitle = this.app.questionnaires.filter(({ title }) => title === definition.title);
    const option = (value: string, text: string): TemplateResult => html`<label class="choice">
      <input type="radio" name="target" value=${value} .checked=${this.target === value} @change=${() => (this.target = value)} />
      <span>${text}</span>
    </label>`;
    return html`<p class="file-fine"><b>${definition.title}</b> · ${words.home.questions(definition.questions.length)} · ${ownerWords.manage.checked}</p>
      ${sameTitle.length === 0
        ? nothing
        : html`<fieldset class="choices">
            <legend class="unseen">${ownerWords.manage.uploadTitle}</legend>
            ${sameTitle.map((each) => option(each.key, ownerWords.manage.replace(each.title, each.version)))} ${option(NEW, ownerWords.manage.newOne)}
          </fieldset>`}
      ${reason === '' ? nothing : html`<div class="problem"><p>${icons.alert}${reason}</p></div>`}
      <button class="button primary" type="button" ?disabled=${isBusy} @click=${() => void this.upload(definition).catch(this.app.complain)}>
        ${isBusy ? ownerWords.manage.uploading : ownerWords.manage.upload}
      </button>`;
  }

  private readonly choose = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const file = event.target.files?.[0];
    // So that the same file, mended, can be chosen again.
    if (file !== undefined) void this.check(file, event.target).catch(this.app.complain);
  };

  private async check(file: File, input: HTMLInputElement): Promise<void> {
    const chosen = file.size > MAX_REQUEST_BYTES ? { kind: 'unreadable', reason: ownerWords.manage.tooLarge } as const : readFile(await file.text());
    input.value = '';
    this.target = chosen.kind === 'fine' ? (this.app.questionnaires.find(({ title }) => title === chosen.definition.title)?.key ?? NEW) : NEW;
    this.become(chosen);
  }

  private async upload(definition: Definition): Promise<void> {
    this.become({ kind: 'uploading', definition });
    const id = this.target === NEW ? crypto.randomUUID() : this.target;
    const answer = await uploadQuestionnaire(id, definition, this.app.place.author);
    if (answer.kind === 'ok') {
      this.become({ kind: 'uploaded', title: definition.title });
      this.app.engine.wake();
    } else {
      const reason = answer.kind === 'offline' ? ownerWords.manage.offline : answer.detail;
      this.become({ kind: 'failed', definition, reason: reason === '' ? words.problems.server : reason });
    }
  }

  private become(chosen: Chosen): void {
    this.chosen = chosen;
    this.renderSoon();
  }
}

function readFile(text: string): Chosen {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: 'unreadable', reason: ownerWords.manage.notJson(error instanceof Error ? error.message : '') };
  }
  const parsed = parseQuestionnaire(json);
  return parsed.ok ? { kind: 'fine', definition: parsed.questionnaire } : { kind: 'wrong', errors: parsed.errors };
}

const errorList = (errors: readonly FormError[]): TemplateResult => html`<div class="problem">
  <p>${icons.alert}${ownerWords.manage.errorsTitle(errors.length)}</p>
  <ul class="file-errors">
    ${errors.map(({ path, message }) => html`<li><code>${path === '' ? ownerWords.manage.whole : path}</code> ${message}</li>`)}
  </ul>
</div>`;

const questionnaireCard = (questionnaire: Questionnaire, place: Place): TemplateResult => html`<li class="card" data-id=${questionnaire.key}>
  <h2 class="card-title">${questionnaire.title}</h2>
  <p class="muted">
    ${ownerWords.manage.version(questionnaire.version)}${questionnaire.isPublished ? nothing : html` · ${ownerWords.manage.unpublished}`}
  </p>
  <div class="actions">
    ${has(place, 'results')
      ? html`<a class="button" href=${paths.results(questionnaire.key)}>${icons.table}${ownerWords.manage.results}<span class="unseen">: ${questionnaire.title}</span></a>`
      : nothing}
    ${has(place, 'links')
      ? html`<a class="button quiet" href=${paths.links(questionnaire.key)}>${icons.share}${ownerWords.manage.links}<span class="unseen">: ${questionnaire.title}</span></a>`
      : nothing}
  </div>
</li>`;
