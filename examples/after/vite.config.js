import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

export default defineConfig({
  server: { proxy: { '/api': 'http://localhost:8080' } },
  plugins: [VitePWA({ strategies: 'injectManifest', srcDir: '.', filename: 'worker.js', injectRegister: false, manifest: false })],
});
