/**
 * Draws the icons of the manifest from one mark: `node scripts/draw-icons.ts`. Run it when the mark changes; the pictures
 * are kept in the repository.
 */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright';
import { findBrowser } from './browser.mjs';

const FOLDER = 'public/icons';

interface Look {
  readonly file: string;
  /** Width and height in pixels. */
  readonly size: number;
  /** Of the tile behind the mark; null for none. */
  readonly tile: string | null;
  /** Of the corners, as a part of the size. */
  readonly roundness: number;
  /** How much of the size the mark takes: what a mask may cut off stays empty. */
  readonly markPart: number;
  /** Of tent and pole, of the flag, and of the door, which is a hole where null. */
  readonly tent: string;
  readonly flag: string;
  readonly door: string | null;
}

const TEAL = '#0b5a56';
const PAPER = '#fffdf8';
const AMBER = '#f0b969';
const onTile = { tile: TEAL, tent: PAPER, flag: AMBER, door: TEAL };

const LOOKS: readonly Look[] = [
  { ...onTile, file: 'icon-192.png', size: 192, roundness: 0.23, markPart: 0.73 },
  { ...onTile, file: 'icon-512.png', size: 512, roundness: 0.23, markPart: 0.73 },
  { ...onTile, file: 'maskable-512.png', size: 512, roundness: 0, markPart: 0.64 },
  { ...onTile, file: 'apple-touch-icon.png', size: 180, roundness: 0, markPart: 0.68 },
  { file: 'monochrome-512.png', size: 512, roundness: 0, markPart: 0.8, tile: null, tent: '#000', flag: '#000', door: null },
];

/** The mark stands on a grid of 48 and is a little higher than its middle. */
function draw({ size, tile, roundness, markPart, tent, flag, door }: Look): string {
  const scale = (size * markPart) / 48;
  const edge = (size - 48 * scale) / 2;
  const hole = door === null ? '<mask id="door"><rect width="48" height="48" fill="#fff"/><path d="M24 25l-8.5 16h17z" fill="#000"/><rect x="15.5" y="40.5" width="17" height="4" fill="#000"/></mask>' : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">
    ${tile === null ? '' : `<rect width="${size}" height="${size}" rx="${size * roundness}" fill="${tile}"/>`}
    <g transform="translate(${edge} ${edge - size * 0.01}) scale(${scale})">
      ${hole}
      <path d="M24 5h11l-3 4 3 4H24z" fill="${flag}"/>
      <path d="M24 4v14" fill="none" stroke="${tent}" stroke-width="2.5" stroke-linecap="round"/>
      <path d="M24 15 6 41h36z" fill="${tent}" stroke="${tent}" stroke-width="3" stroke-linejoin="round" ${door === null ? 'mask="url(#door)"' : ''}/>
      ${door === null ? '' : `<path d="M24 25l-8.5 16h17z" fill="${door}"/>`}
    </g>
  </svg>`;
}

await mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-quic'] });
try {
  const page = await browser.newPage();
  for (const look of LOOKS) {
    await page.setViewportSize({ width: look.size, height: look.size });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${draw(look)}`);
    await page.screenshot({ path: `${FOLDER}/${look.file}`, omitBackground: true });
  }
} finally {
  await browser.close();
}
