#!/usr/bin/env node
// Takes a recorded conformance kit into this folder: `node test/conformance/pack.mjs KIT`. Expectations that repeat inside a
// category are written once, everything stays plain text with one case a line; then checks that unpacking gives the kit back.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCategory, pack, unpack } from './lib/cases.mjs';
import { canon } from './lib/equality.mjs';
import { languageNames } from './lib/languages.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const kit = process.argv[2];
if (kit === undefined) throw new Error('usage: node test/conformance/pack.mjs KIT');

for (const language of languageNames) {
  const target = join(here, 'cases', language);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(join(kit, 'cases', language))) {
    const category = JSON.parse(readFileSync(join(kit, 'cases', language, name), 'utf8'));
    const text = formatCategory(pack(category));
    if (canon(unpack(JSON.parse(text))) !== canon(category))
      throw new Error(`${language}/${name} does not survive packing`);
    writeFileSync(join(target, name), text);
  }
}
cpSync(join(kit, 'data'), join(here, 'data'), { recursive: true });
