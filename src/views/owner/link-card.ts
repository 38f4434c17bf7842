/**
 * A link to hand over: as a code to scan, to copy, or by the device's own way of sharing.
 */
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { encode } from 'uqr';
import { peopleWords } from '../../words-people.ts';
import { icons } from '../icons.ts';
import { handOver } from './hand-over.ts';

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
  const shareFailed = (error: unknown): void => {
    // Whoever closes the sheet again has changed their mind, and needs no word about it.
    if (!(error instanceof DOMException && error.name === 'AbortError')) say(share.notShared);
  };
  return handOver({
    ...share,
    title,
    lead,
    text: address,
    label: share.address,
    close,
    say,
    picture: qrCode(address),
    more: canShare ? html`<button class="button" type="button" @click=${() => void navigator.share(shared).catch(shareFailed)}>${icons.share}${share.share}</button>` : nothing,
  });
}

/** Dark on light in either colour scheme: many cameras read no other. */
function qrCode(text: string): TemplateResult {
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return html`<svg class="qr" role="img" aria-label=${peopleWords.share.code} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">${svg`<path d=${path} />`}</svg>`;
}
