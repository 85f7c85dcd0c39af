/** The page's program as browsers want it: TypeScript without types, in one piece. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export async function liveScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/live.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}
