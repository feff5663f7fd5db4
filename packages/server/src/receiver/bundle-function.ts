import { build } from 'esbuild';

/**
 * One CommonJS file with everything that the entry imports, for Node 18 and later.
 *
 * @throws Error whose message names file, line and reason of each problem
 */
export async function bundleFunction(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    write: false,
    logLevel: 'silent',
  });
  const [bundle] = result.outputFiles;
  if (!bundle) throw new Error('the bundler made no file');
  return bundle.text;
}
