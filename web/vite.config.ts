import { defineConfig } from 'vite';

export default defineConfig({
  // Where ohms_graphql/graphiql.py mounts the assets.
  base: '/static/graphiql/',
  build: {
    outDir: '../ohms_graphql/static/graphiql',
    emptyOutDir: true,
    sourcemap: false,
    // Files and not data: addresses: each asset can be cached and the security policy stays narrow.
    assetsInlineLimit: 0,
    // The editor (Monaco) is one chunk of about 3 MB; it is loaded once and cached for a year.
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      // "use client" means something to server rendering only; some forty packages say it.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  worker: { format: 'es' },
});
