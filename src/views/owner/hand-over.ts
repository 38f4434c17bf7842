/**
 * Something to hand over that stands in one line: to select, to copy, to close when it is done.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { words } from '../../words.ts';
import { icons } from '../icons.ts';

interface HandOver {
  readonly title: string;
  readonly lead: string;
  /** What is handed over, and what it is called. */
  readonly text: string;
  readonly label: string;
  readonly copy: string;
  readonly copied: string;
  readonly notCopied: string;
  readonly close: () => void;
  /** Tells the person what became of it. */
  readonly say: (text: string) => void;
  /** Between what is said of it and the line. */
  readonly picture?: TemplateResult;
  /** Beside the button that copies. */
  readonly more?: TemplateResult | typeof nothing;
}

export function handOver(about: HandOver): TemplateResult {
  const { title, lead, text, label, close, say, picture = nothing, more = nothing } = about;
  const copy = async (): Promise<void> => {
    const [{ status }] = await Promise.allSettled([navigator.clipboard.writeText(text)]);
    say(status === 'fulfilled' ? about.copied : about.notCopied);
  };
  return html`<section class="card link-card" aria-labelledby="link-title" tabindex="-1">
    <div class="dialog-head">
      <h2 class="card-title" id="link-title">${title}</h2>
      <button class="icon-button" type="button" aria-label=${words.nav.close} @click=${close}>${icons.close}</button>
    </div>
    <p class="muted">${lead}</p>
    ${picture}
    <label class="label" for="link-address">${label}</label>
    <input class="input link-address" id="link-address" readonly dir="ltr" .value=${text} @focus=${selectAll} />
    <div class="actions">
      ${'clipboard' in navigator ? html`<button class="button primary" type="button" @click=${() => void copy()}>${icons.clipboard}${about.copy}</button>` : nothing} ${more}
    </div>
  </section>`;
}

function selectAll(event: Event): void {
  if (event.target instanceof HTMLInputElement) event.target.select();
}
