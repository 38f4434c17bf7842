/**
 * What was answered: a table of the responses that arrived, fetched when it is looked at and kept nowhere here.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Change, Cursor } from '../../../protocol/index.ts';
import { fetchResponses, tellExport } from '../../api.ts';
import { toCsv } from '../../../forms/csv.ts';
import type { Questionnaire } from '../../models/questionnaires.ts';
import { columnsOf, csvRow, type Result, resultsOf } from '../../models/results.ts';
import { fullTime } from '../../models/times.ts';
import { words } from '../../words.ts';
import { ownerWords } from '../../words-owner.ts';
import { type App, paths } from '../app.ts';
import { Screen } from '../base.ts';
import { download } from '../download.ts';
import { icons } from '../icons.ts';

type Fetched =
  | { readonly kind: 'fetching' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'fetched'; readonly results: readonly Result[] };

/** So many rows are drawn; the CSV file has all. */
const SHOWN_ROWS = 200;

export class Results extends Screen {
  private readonly app: App;
  private readonly questionnaire: Questionnaire;
  private fetched: Fetched = { kind: 'fetching' };

  constructor(app: App, questionnaire: Questionnaire) {
    super();
    this.app = app;
    this.questionnaire = questionnaire;
    void this.fetch().catch(app.complain);
  }

  override heading(): string {
    return `${ownerWords.results.title}: ${this.questionnaire.title}`;
  }

  override template(): TemplateResult {
    return html`<p class="back"><a class="with-icon" href=${paths.manage}>${icons.back}${words.nav.manage}</a></p>
      <h1 tabindex="-1">${this.heading()}</h1>
      <div aria-live="polite">${this.summary()}</div>
      ${this.fetched.kind === 'fetched' ? this.arrived(this.fetched.results) : nothing}`;
  }

  private summary(): TemplateResult {
    switch (this.fetched.kind) {
      case 'fetching':
        return html`<p class="muted">${ownerWords.results.loading}</p>`;
      case 'failed':
        return html`<div class="problem"><p>${icons.alert}${this.fetched.reason}</p></div>
          <button class="button" type="button" @click=${this.again}>${icons.refresh}${ownerWords.results.again}</button>`;
      case 'fetched':
        return html`<p class="muted">${ownerWords.results.loaded(this.fetched.results.length)}</p>`;
      default: {
        const never: never = this.fetched;
        throw new Error(`No such outcome: ${String(never)}`);
      }
    }
  }

  private arrived(results: readonly Result[]): TemplateResult {
    if (results.length === 0) {
      return html`<div class="empty">${icons.table}<h2>${ownerWords.results.emptyTitle}</h2><p>${ownerWords.results.empty}</p></div>`;
    }
    const columns = columnsOf(this.questionnaire.definition, results);
    return html`<div class="actions">
        <button class="button primary" type="button" @click=${() => this.download(results, columns)}>${icons.download}${ownerWords.results.download}</button>
        <button class="button" type="button" @click=${this.again}>${icons.refresh}${ownerWords.results.again}</button>
      </div>
      ${results.length > SHOWN_ROWS ? html`<p class="muted">${ownerWords.results.newest(SHOWN_ROWS)}</p>` : nothing}
      ${this.table(results.slice(0, SHOWN_ROWS), columns)}`;
  }

  private table(results: readonly Result[], columns: readonly string[]): TemplateResult {
    return html`<div class="table-scroll" role="region" tabindex="0" aria-label=${ownerWords.results.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.response.ended}</th>
            ${columns.map((name) => html`<th scope="col" title=${this.labelOf(name)}>${name}</th>`)}
            <th scope="col">${words.response.number}</th>
          </tr>
        </thead>
        <tbody>
          ${results.map(
            (result) => html`<tr data-id=${result.id}>
              <th scope="row"><time datetime=${result.endedAt}>${fullTime(result.endedAt)}</time></th>
              ${columns.map((name) => html`<td>${this.cell(name, result)}</td>`)}
              <td><span class="short-id">${result.id}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private labelOf(column: string): string {
    const question = this.questionnaire.definition?.questions.find(({ name }) => name === column);
    return question !== undefined && 'label' in question ? question.label : column;
  }

  private cell(column: string, { answers }: Result): string {
    const value = answers[column] ?? '';
    const question = this.questionnaire.definition?.questions.find(({ name }) => name === column);
    const choices = question !== undefined && 'choices' in question ? question.choices : [];
    const labelOf = (name: string): string => choices.find((choice) => choice.name === name)?.label ?? name;
    return Array.isArray(value) ? value.map(labelOf).join(', ') : labelOf(String(value));
  }

  private download(results: readonly Result[], columns: readonly string[]): void {
    const { id, version, startedAt, endedAt } = ownerWords.results.columns;
    const header = [id, version, startedAt, endedAt, ...columns];
    const name = this.questionnaire.title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
    // A log that cannot be reached keeps nobody from what is on the screen already.
    void tellExport(this.questionnaire.key, results.length).catch(this.app.complain);
    download(`${name}.csv`, 'text/csv', toCsv(header, results.map((result) => csvRow(result, columns))));
  }

  private readonly again = (): void => {
    void this.fetch().catch(this.app.complain);
  };

  private async fetch(): Promise<void> {
    this.become({ kind: 'fetching' });
    const changes: Change[] = [];
    let cursor: Cursor | null = null;
    for (;;) {
      const answer = await fetchResponses(cursor);
      if (answer.kind !== 'ok') {
        const reason = answer.kind === 'offline' ? ownerWords.results.offline : answer.detail;
        this.become({ kind: 'failed', reason: reason === '' ? words.problems.server : reason });
        return;
      }
      changes.push(...answer.value.Changes);
      cursor = answer.value.Cursor;
      if (!answer.value.More) break;
    }
    this.become({ kind: 'fetched', results: resultsOf(changes, this.questionnaire.key) });
  }

  private become(fetched: Fetched): void {
    this.fetched = fetched;
    this.renderSoon();
  }
}
