// Guards who may import whom (.dependency-cruiser.mjs), and that the check has really seen the sources.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../.dependency-cruiser.mjs';

/** A parser that does not fit the language version sees nothing and complains of nothing. */
const FEWEST_MODULES = 250;
const FEWEST_IMPORTS = 700;

const { output } = await cruise(
  ['packages', 'tests', 'bench', 'scripts'],
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const { totalCruised, totalDependenciesCruised = 0, violations } = output.summary;
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${violations.length} violations`);
if (totalCruised < FEWEST_MODULES || totalDependenciesCruised < FEWEST_IMPORTS) {
  console.error(
    `expected at least ${FEWEST_MODULES} modules and ${FEWEST_IMPORTS} imports: the check is blind`,
  );
  process.exit(1);
}
process.exit(violations.length === 0 ? 0 : 1);
