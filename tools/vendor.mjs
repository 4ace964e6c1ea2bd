// Brings the pinned npm packages into outreach/web/static/vendor, with their licences and vendor.lock.json.
// For maintainers only:  cd tools && npm ci --ignore-scripts && npm rebuild esbuild && npm run vendor
// Never vendor `latest`: codemirror's `latest` is CodeMirror 5 under a wrong number; 6.0.2 is the right one.
import {createHash} from 'node:crypto';
import {copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const MODULES = 'node_modules/';
const OUT = '../outreach/web/static/vendor/';
const TEST_OUT = '../tests/browser/vendor/';
const lock = JSON.parse(readFileSync('package-lock.json'));

const COPIES = [
  ['@tabler/core', 'dist/css/tabler.min.css', 'tabler.css'],
  ['@tabler/core', 'dist/js/tabler.min.js', 'tabler.js'],
  ['@fontsource-variable/inter', 'files/inter-latin-wght-normal.woff2', 'inter-latin.woff2'],
  ['@fontsource-variable/inter', 'files/inter-latin-ext-wght-normal.woff2', 'inter-latin-ext.woff2'],
  ['htmx.org', 'dist/htmx.min.js', 'htmx.js'],
  ['sortablejs', 'Sortable.min.js', 'sortable.js'],
];
const BUNDLES = [['codemirror', 'src/codemirror.js', 'codemirror.js', 'CM']];
const FOR_TESTS = [['axe-core', 'axe.min.js', 'axe.js']];

// Packages whose npm tarball forgets the licence file: the text is kept by hand in tools/licenses/.
const HAND_KEPT = {'@tabler/core': 'licenses/tabler-core.txt'};

// Packages that are inside another one's shipped file.
const INSIDE = {'@tabler/core': ['@popperjs/core']};

const sha384 = bytes => 'sha384-' + createHash('sha384').update(bytes).digest('base64');
const locked = name => lock.packages[MODULES + name];
const withoutSourceMap = text => text.replace(/\n?(\/\/|\/\*)# sourceMappingURL=[^\n]*/g, '');

function keepLicence(name, out) {
  const folder = MODULES + name + '/';
  const found = readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
  const source = found ? folder + found : HAND_KEPT[name];
  if (!source) throw new Error(`${name} ships no licence file: keep its text in tools/licenses/`);
  copyFileSync(source, `${out}licenses/${name.replace(/[@/]/g, '_').replace(/^_/, '')}.txt`);
}

function record(files, name, out, file) {
  const bytes = readFileSync(out + file);
  const {version, license, integrity} = locked(name);
  files.push({file, package: name, version, license, npm_integrity: integrity, sha384: sha384(bytes),
    bytes: bytes.length, gzip: gzipSync(bytes, {level: 9}).length});
}

function copyAll(copies, out, files) {
  for (const [name, source, file] of copies) {
    const bytes = readFileSync(MODULES + name + '/' + source);
    writeFileSync(out + file, /\.(js|css)$/.test(file) ? withoutSourceMap(String(bytes)) : bytes);
    record(files, name, out, file);
    for (const part of [name, ...(INSIDE[name] ?? [])]) keepLicence(part, out);
  }
}

async function bundleAll(files) {
  for (const [name, entry, file, globalName] of BUNDLES) {
    const built = await build({entryPoints: [entry], bundle: true, minify: true, format: 'iife', globalName,
      outfile: OUT + file, legalComments: 'none', metafile: true, target: 'es2020'});
    const inside = new Set(Object.keys(built.metafile.inputs)
      .map(path => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
    for (const part of inside) keepLicence(part, OUT);
    record(files, name, OUT, file);
    files.at(-1).contains = [...inside].sort().map(part => `${part} ${locked(part).version} ${locked(part).license}`);
  }
}

function symbol(name) {
  const filled = name.endsWith('!');
  const bare = name.replace('!', '');
  const path = `${MODULES}@tabler/icons/icons/${filled ? 'filled' : 'outline'}/${bare}.svg`;
  if (!existsSync(path)) throw new Error(`no icon ${name}`);
  const inner = readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '').replace(/[\s\S]*?<svg[^>]*>/, '')
    .replace('</svg>', '').replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '').trim().replace(/\n\s*/g, '');
  const paint = filled ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${bare}${filled ? '-filled' : ''}" viewBox="0 0 24 24" ${paint}>${inner}</symbol>`;
}

function sprite(files) {
  const names = readFileSync('icons.txt', 'utf8').split(/\s+/).filter(Boolean);
  writeFileSync(OUT + 'icons.svg',
    `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join('\n')}\n</svg>\n`);
  record(files, '@tabler/icons', OUT, 'icons.svg');
  keepLicence('@tabler/icons', OUT);
}

function fresh(out) {
  rmSync(out, {recursive: true, force: true});
  mkdirSync(out + 'licenses', {recursive: true});
}

function writeLock(out, files) {
  writeFileSync(out + 'vendor.lock.json', JSON.stringify({made_by: 'tools/vendor.mjs', files}, null, 1) + '\n');
  console.table(files.map(({file, package: name, version, license, bytes, gzip}) => ({file, name, version, license, bytes, gzip})));
}

fresh(OUT);
const files = [];
copyAll(COPIES, OUT, files);
await bundleAll(files);
sprite(files);
writeLock(OUT, files);

fresh(TEST_OUT);
const testFiles = [];
copyAll(FOR_TESTS, TEST_OUT, testFiles);
writeLock(TEST_OUT, testFiles);
