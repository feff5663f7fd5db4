import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // Nothing inline: the page runs under `default-src 'self'` without data: or 'unsafe-inline'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The player is one library of 700 KB, loaded when a video is opened.
    chunkSizeWarningLimit: 800,
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
