// Makes everything that a command needs (dependencies, Node 24, ffmpeg, the console) and then runs it. Needs only Node 18.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants as fsConstants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants as osConstants } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MODULES = join(ROOT, 'node_modules');
const BIN = join(NODE_MODULES, '.bin');
const CACHE = join(ROOT, '.cache');
const LOCK = join(CACHE, 'setup.lock');
const FETCHED_NODE = join(CACHE, 'node');
const CONSOLE = join(ROOT, 'packages', 'console');
const WANTED_NODE_MAJOR = 24;
/** The end of a failed tool's output says why. */
const SHOWN_LINES = 40;
/** A machine without a network must not wait for apt at every start. */
const APT_RETRY_MS = 24 * 3_600_000;

/** What each command runs in the end. Only `start` keeps the caller's folder: paths in its arguments are relative to it. */
const COMMANDS = {
  start: (args) => ({ file: 'node', args: [join(ROOT, 'packages/cli/bin/vodstack.mjs'), 'up', ...args] }),
  test: (args) => ({ file: 'node', args: ['scripts/run-tests.mjs', ...args], cwd: ROOT }),
  check: (args) => ({ file: 'bash', args: ['.ci/run', ...args], cwd: ROOT }),
  bench: (args) => ({ file: 'node', args: ['bench/run.ts', ...args], cwd: ROOT }),
  install: () => null,
};

/** A problem that the reader can solve; printed without a stack. */
class SetupError extends Error {}

/** The child process of the moment: signals go to it, and it is ended when the set-up is. */
let currentChild = null;
let hasLock = false;

main().then(
  (code) => process.exit(code),
  (error) => {
    releaseLock();
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  },
);

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new SetupError(`Usage: node scripts/setup.mjs <${Object.keys(COMMANDS).join('|')}> [arguments]`);
  }
  handleSignals();
  if (findNeededSteps(name).length > 0) await withLock(() => runSteps(name));
  const command = COMMANDS[name](args);
  return command === null ? 0 : runCommand(command);
}

// ---- steps -----------------------------------------------------------------------------------------------------------

/** Everything that is missing, in order. Looks only at files: it runs at every start. */
function findNeededSteps(name) {
  const steps = [
    { title: 'Installing dependencies', isNeeded: areDependenciesNeeded, run: installDependencies },
    { title: 'Installing ffmpeg', isNeeded: isSystemFfmpegNeeded, run: installSystemFfmpeg },
    { title: 'Installing bubblewrap', isNeeded: isBubblewrapNeeded, run: installBubblewrap },
    { title: 'Building the console', isNeeded: isConsoleNeeded, run: buildConsole },
  ];
  if (name === 'test' || name === 'check') {
    const title = `Installing what the tests need (${findMissingTestTools().join(', ')})`;
    steps.push({ title, isNeeded: () => findMissingTestTools().length > 0, run: installTestTools });
  }
  return steps.filter((step) => step.isNeeded());
}

async function runSteps(name) {
  // Again, now that no other set-up is at work.
  const steps = findNeededSteps(name);
  for (const [index, step] of steps.entries()) {
    const startedAt = Date.now();
    process.stderr.write(`[${index + 1}/${steps.length}] ${step.title} … `);
    const note = await step.run();
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    process.stderr.write(note ? ` ${note} (${seconds} s)\n` : ` done (${seconds} s)\n`);
  }
}

/** Runs one tool of a step; its output is shown only when it fails. */
async function runTool(file, args, options = {}) {
  const { code, output } = await capture(file, args, options);
  if (code === 0) return;
  const end = output.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new SetupError(`failed\n\n${end}\n\n${file} ${args.join(' ')} ended with ${code}.`);
}

function capture(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: childEnvironment({ NO_COLOR: '1' }),
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    currentChild = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => reject(new SetupError(`failed\n\nCannot run ${file}: ${error.message}`)));
    child.once('close', (code, signal) => {
      currentChild = null;
      resolve({ code: code ?? signal, output });
    });
  });
}

// ---- dependencies ----------------------------------------------------------------------------------------------------

function areDependenciesNeeded() {
  if (readText(join(NODE_MODULES, '.vodstack-setup')) === dependenciesHash()) return false;
  // Installed by hand: npm's own record of what is there tells whether it is what the lock file asks for.
  if (!isInstalledAsLocked()) return true;
  try {
    writeFileSync(join(NODE_MODULES, '.vodstack-setup'), dependenciesHash());
  } catch {
    // The stamp only saves the comparison; another user may own the folder.
  }
  return false;
}

function dependenciesHash() {
  const lock = readText(join(ROOT, 'package-lock.json')) || readText(join(ROOT, 'package.json'));
  return sha256(`${process.platform} ${process.arch}\n${lock}`);
}

function isInstalledAsLocked() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(join(NODE_MODULES, '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, entry]) => (present[path] ? present[path].version === entry.version : mayBeAbsent(entry)));
}

/** npm leaves out optional packages that are made for another system, and what only those need. */
function mayBeAbsent({ optional, os, cpu, libc }) {
  return Boolean(optional) && !(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc);
}

function readPackages(path) {
  const text = readText(path);
  return text === '' ? null : (JSON.parse(text).packages ?? null);
}

function isLockComplete() {
  const packages = readPackages(join(ROOT, 'package-lock.json')) ?? {};
  const names = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  return names.size > 0 && optional.every((name) => names.has(name));
}

async function installDependencies() {
  // `npm ci` refuses a lock file that leaves out optional packages of other systems, as npm writes it when the registry
  // does not have them. `npm install` keeps to the same locked versions.
  const verb = isLockComplete() ? ['ci'] : ['install', '--no-save'];
  // npm leaves out optional packages whose `engines` do not fit the Node that it runs on: it has to be the one that will use them.
  const node = isNodeWanted(process.versions.node) ? process.execPath : await fetchNode();
  await runNpm(node, [...verb, '--include=dev', '--include=optional']);
  mkdirSync(BIN, { recursive: true });
  linkPackagedNode();
  rmSync(FETCHED_NODE, { recursive: true, force: true });
  writeFileSync(join(NODE_MODULES, '.vodstack-setup'), dependenciesHash());
}

/** Runs npm, on the given Node. */
async function runNpm(node, args, cwd = ROOT) {
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const npm = process.env.npm_execpath ?? '';
  // Started by npm: the same npm again. Its script needs no PATH and no shell.
  const [file, first] = basename(npm) === 'npm-cli.js' ? [node, [npm]] : ['npm', []];
  const env = {
    ...process.env,
    NO_COLOR: '1',
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  };
  await runTool(file, [...first, ...args, ...flags], { cwd, env });
}

// ---- Node ------------------------------------------------------------------------------------------------------------

const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

/** Only to install the dependencies with, which bring their own copy: the same package in a folder of its own. */
async function fetchNode() {
  const version = JSON.parse(readText(join(ROOT, 'package.json'))).optionalDependencies[NODE_PACKAGE];
  if (version === undefined) throw noNode();
  mkdirSync(FETCHED_NODE, { recursive: true });
  writeFileSync(join(FETCHED_NODE, 'package.json'), '{}');
  await runNpm(process.execPath, ['install', '--no-save', `${NODE_PACKAGE}@${version}`], FETCHED_NODE);
  const node = join(FETCHED_NODE, 'node_modules', NODE_PACKAGE, 'bin', 'node');
  chmodSync(node, 0o755);
  return node;
}

/** npm before version 11 does not link the programs of this package. */
function linkPackagedNode() {
  const node = join(NODE_MODULES, NODE_PACKAGE, 'bin', 'node');
  const link = join(BIN, 'node');
  if (!existsSync(node) || existsSync(link)) return;
  chmodSync(node, 0o755);
  symlinkSync(relative(BIN, node), link);
}

/** A Node that is new enough: this one, or the one that came with the dependencies. */
function chooseNode() {
  if (isNodeWanted(process.versions.node)) return process.execPath;
  const packaged = join(BIN, 'node');
  const { stdout } = spawnSync(packaged, ['--version'], { encoding: 'utf8' });
  if (isNodeWanted((stdout ?? '').replace('v', ''))) return packaged;
  throw noNode();
}

function noNode() {
  return new SetupError(
    `Node ${WANTED_NODE_MAJOR} or newer is needed, this is ${process.version}, and no packaged one runs here: install it from nodejs.org.`,
  );
}

function isNodeWanted(version) {
  return majorOf(version) >= WANTED_NODE_MAJOR;
}

function majorOf(version) {
  return Number.parseInt(version, 10) || 0;
}

// ---- system packages -------------------------------------------------------------------------------------------------

function isSystemFfmpegNeeded() {
  const isThere =
    (process.env.FFMPEG_PATH || findOnPath('ffmpeg')) && (process.env.FFPROBE_PATH || findOnPath('ffprobe'));
  return !isThere && isWorthTrying('ffmpeg');
}

/** Without it the programs of the npm packages are used, so a failure is only a note. */
function installSystemFfmpeg() {
  return aptInstallOptional('ffmpeg', 'not available, the one from npm is used');
}

function isBubblewrapNeeded() {
  return process.platform === 'linux' && !findOnPath('bwrap') && isWorthTrying('bubblewrap');
}

/** Without it functions run as plain processes, so a failure is only a note. */
function installBubblewrap() {
  return aptInstallOptional('bubblewrap', 'not available, functions run as plain processes');
}

function isWorthTrying(name) {
  if (!canUseApt()) return false;
  const failedAt = statSync(failureMark(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - failedAt > APT_RETRY_MS;
}

function failureMark(name) {
  return join(CACHE, `apt-${name}-failed`);
}

async function aptInstallOptional(name, note) {
  try {
    await aptInstall([name]);
    return undefined;
  } catch {
    writeFileSync(failureMark(name), '');
    return note;
  }
}

function findMissingTestTools() {
  const found = {
    chromium: ['chromium', 'chromium-browser', 'google-chrome'].some(findOnPath),
    'fonts-noto-cjk': hasChineseFont(),
    postgresql: hasPostgresServer(),
  };
  return Object.keys(found).filter((name) => !found[name]);
}

function hasChineseFont() {
  if (process.platform !== 'linux') return true;
  const { stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return (stdout ?? '').trim() !== '';
}

function hasPostgresServer() {
  const versions = readNames('/usr/lib/postgresql').map((version) =>
    join('/usr/lib/postgresql', version, 'bin/postgres'),
  );
  return versions.some((path) => existsSync(path)) || findOnPath('postgres');
}

async function installTestTools() {
  const missing = findMissingTestTools();
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!canUseApt())
    throw new SetupError(
      `missing\n\nThe tests need ${missing.join(', ')}: install them (Debian, as root: ${line}).`,
    );
  await aptInstall(missing);
}

function canUseApt() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath('apt-get');
}

async function aptInstall(packages) {
  const env = childEnvironment({ DEBIAN_FRONTEND: 'noninteractive' });
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  // One unreachable source among many fails the update, while the packages may well be there.
  await capture('apt-get', [...wait, 'update'], { env });
  await runTool('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env });
}

// ---- console ---------------------------------------------------------------------------------------------------------

function isConsoleNeeded() {
  if (!readNames(CONSOLE).some((name) => name.startsWith('vite.config.'))) return false;
  return readText(join(CONSOLE, 'dist/.stamp')) !== consoleHash();
}

/** Of the content, not of the times: a fresh checkout of the same sources needs no new build. */
function consoleHash() {
  const hash = createHash('sha256').update(dependenciesHash());
  for (const path of listFiles(CONSOLE))
    hash.update(`\n${relative(CONSOLE, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function listFiles(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !['node_modules', 'dist', 'test'].includes(name),
  );
  const paths = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : [];
  });
  // oxlint-disable-next-line unicorn/no-array-sort -- Node 18 has no toSorted().
  return paths.sort();
}

async function buildConsole() {
  const vite = [CONSOLE, ROOT]
    .map((base) => join(base, 'node_modules/vite/bin/vite.js'))
    .find((path) => existsSync(path));
  if (!vite)
    throw new SetupError(
      'failed\n\nvite is not installed: remove node_modules/.vodstack-setup and start again.',
    );
  // Taken before the build: a change during it must lead to another one.
  const hash = consoleHash();
  await runTool(chooseNode(), [vite, 'build'], { cwd: CONSOLE });
  writeFileSync(join(CONSOLE, 'dist/.stamp'), hash);
}

// ---- lock ------------------------------------------------------------------------------------------------------------

async function withLock(action) {
  try {
    mkdirSync(CACHE, { recursive: true });
    await acquireLock();
  } catch (error) {
    throw new SetupError(
      `Something is missing, and this user cannot write to ${ROOT} (${error.code}): run it as its owner.`,
    );
  }
  try {
    await action();
  } finally {
    releaseLock();
  }
}

async function acquireLock() {
  for (let hasSaid = false; !tryLock();) {
    const holder = readText(join(LOCK, 'holder'));
    if (isStale(holder)) {
      breakLock(holder);
      continue;
    }
    if (!hasSaid) console.error(`Waiting for another set-up (process ${holder.split(' ')[0]}) …`);
    hasSaid = true;
    await delay(200);
  }
}

function tryLock() {
  try {
    mkdirSync(LOCK);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  hasLock = true;
  writeFileSync(join(LOCK, 'holder'), identityOf(process.pid));
  return true;
}

function releaseLock() {
  if (hasLock) rmSync(LOCK, { recursive: true, force: true });
  hasLock = false;
}

function isStale(holder) {
  const madeAt = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  // The folder and the file in it are made one after the other.
  if (holder === '') return Date.now() - madeAt > 5_000;
  return identityOf(Number.parseInt(holder, 10)) !== holder;
}

/** Moved away first: of two that find it stale, one succeeds; and if it was replaced meanwhile, it is put back. */
function breakLock(holder) {
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
    if (readText(join(aside, 'holder')) !== holder) renameSync(aside, LOCK);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** The id and start of a live process: in a container every process has the same id as the one before. */
function identityOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return '';
  }
  const stat = readText(`/proc/${pid}/stat`);
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
}

// ---- the command -----------------------------------------------------------------------------------------------------

function runCommand({ file, args, cwd = process.cwd() }) {
  const program = file === 'node' ? chooseNode() : file;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: childEnvironment(), stdio: 'inherit' });
    currentChild = child;
    child.once('error', (error) => reject(new SetupError(`Cannot run ${program}: ${error.message}`)));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (osConstants.signals[signal] ?? 0)));
  });
}

function childEnvironment(extra = {}) {
  return { ...process.env, ...extra, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` };
}

function handleSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => onSignal(signal));
  }
}

function onSignal(signal) {
  // A terminal sends its Ctrl-C to the whole group: sent again, the child would take it for the impatient second one.
  const isSentByTerminal = signal === 'SIGINT' && process.stdin.isTTY;
  if (currentChild && !isSentByTerminal) currentChild.kill(signal);
  // The command decides itself how to end; the set-up ends at once.
  if (currentChild && !hasLock) return;
  releaseLock();
  process.exit(128 + osConstants.signals[signal]);
}

// ---- small things ----------------------------------------------------------------------------------------------------

function findOnPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, fsConstants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readNames(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}
