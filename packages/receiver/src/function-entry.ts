import { fileURLToPath } from 'node:url';

/**
 * Absolute path of the deployable function's source, to be bundled with
 * `esbuild.build({ entryPoints: [functionEntry], bundle: true, platform: 'node', format: 'cjs', target: 'node18' })`.
 */
export const functionEntry: string = fileURLToPath(new URL('./function/index.ts', import.meta.url));
