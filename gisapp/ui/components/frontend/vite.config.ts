import { defineConfig } from 'vite'

/** Two entries, content-hashed names, and asset addresses that follow the script wherever it is served from. */
export default defineConfig({
  base: './',
  build: {
    outDir: '../build',
    emptyOutDir: true,
    target: 'es2022',
    assetsDir: '.',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    license: { fileName: 'LICENCES.md' },
    chunkSizeWarningLimit: 2500,
    rollupOptions: {
      input: { bar: 'src/bar.ts', desk: 'src/desk.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        format: 'es',
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
  experimental: {
    renderBuiltUrl: (filename, { hostType }) =>
      hostType === 'js' ? { runtime: `new URL(${JSON.stringify(filename)}, import.meta.url).href` } : { relative: true },
  },
})
