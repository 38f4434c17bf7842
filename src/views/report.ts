/**
 * A report to whoever looks after the survey, when something does not work: what is in it, and the ways to send it. What is
 * shown is what is sent.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Report, reportFile, reportLines, reportName } from '../models/report.ts';
import { diagnose } from '../sync/diagnostics.ts';
import { words } from '../words.ts';
import { reportWords } from '../words-report.ts';
import { type App, paths } from './app.ts';
import { Screen } from './base.ts';
import { download } from './download.ts';
import { icons } from './icons.ts';

/** The version in package.json; the build puts it in. */
declare const OUTPOST_VERSION: string;

export class ReportScreen extends Screen {
  private readonly app: App;
  private report: Report | null = null;
  private said = '';

  constructor(app: App) {
    super();
    this.app = app;
    void this.take().catch(app.complain);
  }

  override heading(): string {
    return reportWords.title;
  }

  override template(): TemplateResult {
    return html`<p class="back"><a class="with-icon" href=${paths.home}>${icons.back}${words.nav.fill}</a></p>
      <h1 tabindex="-1">${reportWords.title}</h1>
      <p class="lead">${reportWords.lead}</p>
      <p class="note">${reportWords.promise}</p>
      ${this.report === null ? html`<p class="muted" role="status">${reportWords.taking}</p>` : this.taken(this.report)}`;
  }

  private taken(report: Report): TemplateResult {
    return html`<div class="report-ways">${this.ways(report)}</div>
      <p class="report-said" role="status">${this.said}</p>
      <section class="card report" aria-labelledby="report-contents">
        <h2 class="card-title" id="report-contents">${reportWords.contents}</h2>
        <dl class="facts">${reportLines(report).map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
        <details>
          <summary>${reportWords.all}</summary>
          <pre tabindex="0" role="region" aria-label=${reportWords.all}>${reportFile(report)}</pre>
        </details>
      </section>`;
  }

  private ways(report: Report): TemplateResult {
    const shared = { title: reportWords.title, files: [new File([reportFile(report)], `${reportName(report)}.txt`, { type: 'text/plain' })] };
    const canShare = 'canShare' in navigator && navigator.canShare(shared);
    return html`${canShare
        ? html`<button class="button primary" type="button" @click=${() => void navigator.share(shared).catch(this.shareFailed)}>${icons.share}${reportWords.share}</button>`
        : nothing}
      <button class="button ${canShare ? '' : 'primary'}" type="button" @click=${() => download(`${reportName(report)}.json`, 'application/json', reportFile(report))}>
        ${icons.download}${reportWords.download}
      </button>
      ${'clipboard' in navigator
        ? html`<button class="button" type="button" @click=${() => void this.copy(report).catch(this.app.complain)}>${icons.clipboard}${reportWords.copy}</button>`
        : nothing}`;
  }

  private async take(): Promise<void> {
    this.report = { app: OUTPOST_VERSION, ...(await diagnose(this.app.engine)) };
    this.renderSoon();
  }

  private async copy(report: Report): Promise<void> {
    const [{ status }] = await Promise.allSettled([navigator.clipboard.writeText(reportFile(report))]);
    this.say(status === 'fulfilled' ? reportWords.copied : reportWords.notCopied);
  }

  private readonly shareFailed = (error: unknown): void => {
    // Whoever closes the sheet again has changed their mind, and needs no word about it.
    if (!(error instanceof DOMException && error.name === 'AbortError')) this.say(reportWords.notShared);
  };

  private say(text: string): void {
    this.said = text;
    this.renderSoon();
  }
}
