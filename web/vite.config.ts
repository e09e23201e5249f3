import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run web` serves the app alone; the API is that of a `commslog serve` on its usual port. */
const API = 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
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
