import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run web` serves the app alone; the API is that of a `commslog serve` on its usual port. */
const API = 'http://127.0.0.1:8080';

/** Compresses scripts and styles once, so that the server need not do it for every reader. */
const compressed: Plugin = {
  name: 'compressed',
  writeBundle({ dir = '' }, bundle) {
    for (const file of Object.keys(bundle).filter((name) => /\.(?:js|css)$/.test(name))) {
      writeFileSync(join(dir, `${file}.gz`), gzipSync(readFileSync(join(dir, file)), { level: 9 }));
    }
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), compressed],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // no inlined files: the pages' policy allows fonts and scripts from our own origin only
    assetsInlineLimit: 0,
    // a test holds the first view to its size, compressed
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { '/api': API, '/docs': API, '/openapi.json': API } },
});
