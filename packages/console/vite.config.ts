import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** Leaves a `.br` and a `.gz` beside every text, so that the server does not compress anything while somebody waits. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => void (folder = join(root, build.outDir)),
    async closeBundle() {
      const names = await readdir(folder, { recursive: true });
      for (const name of names.filter((text) => /\.(js|css|html|svg)$/.test(text))) {
        const bytes = await readFile(join(folder, name));
        await writeFile(join(folder, `${name}.br`), await promisify(brotliCompress)(bytes));
        await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
      }
    },
  };
}

const config: UserConfig = defineConfig({
  base: '/console/',
  plugins: [react(), compressed()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // Nothing inline: the page runs under `default-src 'self'` without data: or 'unsafe-inline'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The player is one library of 700 KB, loaded when a video is opened.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files: each costs a request, and the many small ones that pages share would be half of a first load's.
          groups: [
            { name: 'library', test: /node_modules\/(?!shaka-player|@mantine|@tabler)/, priority: 2 },
            { name: 'widgets', test: /node_modules\/@(mantine|tabler)/, minShareCount: 4, priority: 1 },
            { name: 'shared', test: /src\/shared\/(?!i18n\/(en|zh))/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    // `vite dev` beside a running server: the console's own API and the media come from it.
    proxy: {
      '/console/api': 'http://127.0.0.1:8080',
      '/cos': 'http://127.0.0.1:8080',
      '^/[0-9a-f]{8}vod': 'http://127.0.0.1:8080',
    },
  },
});

export default config;
