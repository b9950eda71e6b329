// The licenses of everything that was bundled, read off the bundle's own list of files, so that none is forgotten.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const licenseFile = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** Writes one text with each bundled package, its version, its license and the license's words. */
export function writeNotices(file, bundledFiles) {
  const packages = findPackages(bundledFiles).map(describePackage);
  const missing = packages.filter((one) => one.license === undefined).map((one) => one.name);
  if (missing.length > 0) throw new Error(`no license is known of ${missing.join(', ')}; do not bundle it`);
  writeFileSync(file, renderNotices(packages));
}

function findPackages(files) {
  const folders = files.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replace(/^[^:]*:/, ''))?.[0] ?? [],
  );
  return [...new Set(folders)].filter((folder) => existsSync(join(folder, 'package.json'))).sort();
}

function describePackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((one) => licenseFile.test(one))
    .map((one) => readFileSync(join(folder, one), 'utf8').trim());
  return { name, version, license, text: texts.join('\n\n') };
}

// Packages with the same words share them.
function renderNotices(packages) {
  const groups = groupByText(packages);
  const sections = [...groups].map(([text, members]) =>
    [
      ...members.map(({ name, version, license }) => `${name} ${version} (${license})`),
      '',
      text || 'The package contains no text of its license; see https://spdx.org/licenses/ for the words.',
    ].join('\n'),
  );
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `obs (worktree-obs) bundles the following software.${rule}${sections.join(rule)}\n`;
}

function groupByText(packages) {
  const groups = new Map();
  for (const one of packages) groups.set(one.text, [...(groups.get(one.text) ?? []), one]);
  return groups;
}
