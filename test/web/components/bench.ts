import { build } from 'esbuild';
import { resolve } from 'node:path';

/** The page of web/components/harness as one HTML text, made anew. */
export async function benchPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(__dirname, '../../../web/components/harness/main.tsx')],
    bundle: true,
    write: false,
    outdir: '/bench',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const text = (extension: string): string => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pictures</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${text('.css')}</style></head>
<body><div id="app"></div><script>${text('.js').replaceAll('</script', '<\\/script')}</script></body></html>`;
}
