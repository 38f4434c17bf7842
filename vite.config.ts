import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import * as v from 'valibot';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA, type ManifestOptions } from 'vite-plugin-pwa';
import { backboneAsShipped } from './scripts/backbone.ts';
import { valibotAsShipped } from './scripts/valibot.ts';

const OUT_DIR = 'build/app';

const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')));

const phone = { sizes: '780x1688', type: 'image/png', form_factor: 'narrow' } as const;
const desktop = { sizes: '1280x800', type: 'image/png', form_factor: 'wide' } as const;

const manifest: Partial<ManifestOptions> = {
  id: '/',
  name: 'Outpost',
  short_name: 'Outpost',
  description: 'Fill in questionnaires anywhere, with or without a connection. Answers are kept on the device and sent by themselves.',
  lang: 'en',
  dir: 'ltr',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#f6f1e7',
  theme_color: '#0b4f4c',
  categories: ['productivity', 'utilities'],
  icons: [
    { src: '/icons/mark.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    { src: '/icons/monochrome-512.png', sizes: '512x512', type: 'image/png', purpose: 'monochrome' },
  ],
  shortcuts: [
    { name: 'Fill in', url: '/', icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
    { name: 'My responses', url: '/responses', icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
  ],
  screenshots: [
    { ...phone, src: '/screenshots/phone-home.png', label: 'Questionnaires to fill in' },
    { ...phone, src: '/screenshots/phone-fill.png', label: 'Filling in, saved as you go' },
    { ...phone, src: '/screenshots/phone-saved.png', label: 'Saved on the device without a connection' },
    { ...phone, src: '/screenshots/phone-responses.png', label: 'Every response with its state' },
    { ...desktop, src: '/screenshots/desktop-home.png', label: 'Questionnaires to fill in' },
    { ...desktop, src: '/screenshots/desktop-fill.png', label: 'Filling in, saved as you go' },
    { ...desktop, src: '/screenshots/desktop-saved.png', label: 'Saved on the device without a connection' },
    { ...desktop, src: '/screenshots/desktop-responses.png', label: 'Every response with its state' },
  ],
};

/** Puts a .gz and a .br beside every text file once all are written, the worker too, so that the server never compresses. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  enforce: 'post',
  closeBundle: {
    order: 'post',
    sequential: true,
    handler: async () => {
      const entries = await readdir(OUT_DIR, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && /\.(html|js|css|svg|json|webmanifest|txt)$/.test(entry.name));
      await Promise.all(files.map((file) => compress(join(file.parentPath, file.name))));
    },
  },
};

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  const brotli = await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });
  await writeFile(`${path}.br`, brotli);
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

/** All that `main.ts` cannot start without: in one file, or the bundler would cut it by who else uses what of it. */
const atOnce = new Set<string>();
const findAtOnce: Plugin = {
  name: 'find-at-once',
  apply: 'build',
  buildEnd() {
    for (const id of this.getModuleIds()) if (id.endsWith('/src/main.ts')) atOnce.add(id);
    // A set hands out what is added to it on the way.
    for (const id of atOnce) for (const imported of this.getModuleInfo(id)?.importedIds ?? []) atOnce.add(imported);
  },
};

export default defineConfig({
  define: { OUTPOST_VERSION: JSON.stringify(version) },
  build: {
    outDir: OUT_DIR, emptyOutDir: true, sourcemap: false, assetsInlineLimit: 0, modulePreload: false,
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'first', test: (id) => atOnce.has(id) }] } } },
  },
  resolve: backboneAsShipped.resolve,
  plugins: [
    findAtOnce,
    ...backboneAsShipped.plugins,
    valibotAsShipped,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      outDir: OUT_DIR,
      injectRegister: false,
      manifest,
      manifestFilename: 'manifest.webmanifest',
      // The icons and screenshots of the manifest are the system's business, not the app's.
      includeManifestIcons: false,
      injectManifest: { rollupFormat: 'iife', globPatterns: ['**/*.{html,js,css,svg,webmanifest}'], minify: true },
    }),
    compressed,
  ],
});
