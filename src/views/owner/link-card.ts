/**
 * A link to hand over: as a code to scan, to copy, or by the device's own way of sharing.
 */
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { encode } from 'uqr';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { icons } from '../icons.ts';

interface LinkToShare {
  readonly title: string;
  readonly lead: string;
  readonly address: string;
  readonly close: () => void;
  /** Tells the person what became of it. */
  readonly say: (text: string) => void;
}

export function linkCard({ title, lead, address, close, say }: LinkToShare): TemplateResult {
  const { share } = peopleWords;
  const shared = { title, url: address };
  const canShare = 'canShare' in navigator && navigator.canShare(shared);
  const copy = async (): Promise<void> => {
    const [{ status }] = await Promise.allSettled([navigator.clipboard.writeText(address)]);
    say(status === 'fulfilled' ? share.copied : share.notCopied);
  };
  const shareFailed = (error: unknown): void => {
    // Whoever closes the sheet again has changed their mind, and needs no word about it.
    if (!(error instanceof DOMException && error.name === 'AbortError')) say(share.notShared);
  };
  return html`<section class="card link-card" aria-labelledby="link-title" tabindex="-1">
    <div class="dialog-head">
      <h2 class="card-title" id="link-title">${title}</h2>
      <button class="icon-button" type="button" aria-label=${words.nav.close} @click=${close}>${icons.close}</button>
    </div>
    <p class="muted">${lead}</p>
    ${qrCode(address)}
    <label class="label" for="link-address">${share.address}</label>
    <input class="input link-address" id="link-address" readonly .value=${address} @focus=${selectAll} />
    <div class="actions">
      ${'clipboard' in navigator ? html`<button class="button primary" type="button" @click=${() => void copy()}>${icons.clipboard}${share.copy}</button>` : nothing}
      ${canShare ? html`<button class="button" type="button" @click=${() => void navigator.share(shared).catch(shareFailed)}>${icons.share}${share.share}</button>` : nothing}
    </div>
  </section>`;
}

/** Dark on light in either colour scheme: many cameras read no other. */
function qrCode(text: string): TemplateResult {
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return html`<svg class="qr" role="img" aria-label=${peopleWords.share.code} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">${svg`<path d=${path} />`}</svg>`;
}

function selectAll(event: Event): void {
  if (event.target instanceof HTMLInputElement) event.target.select();
}
