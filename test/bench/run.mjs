#!/usr/bin/env node
// `npm run bench [-- NAME…] [--json] [--against tempo=URL,tempoOtlp=URL…]`: every figure we claim, measured on this machine. A name
// chooses the figures that begin with it; `--against` names real servers, which get the same load and questions in the same
// run. Each file of groups/ measures one subject; a new subject is a new file.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeWorkbench } from './lib/workbench.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, against: { type: 'string', multiple: true, default: [] } },
});
// By name: loki, prometheus, tempo, and where each takes OTLP: lokiOtlp, prometheusOtlp, tempoOtlp.
const against = Object.fromEntries(
  values.against.flatMap((list) => list.split(',')).map((pair) => pair.split(/=(.*)/s, 2)),
);
const groups = await loadGroups(positionals);
if (groups.length === 0) throw new Error(`no figure begins with ${positionals.join(' or ')}`);

const figures = [];
for (const group of groups) {
  process.stderr.write(`bench: ${group.name} (${group.about})\n`);
  const bench = { ...(await makeWorkbench()), against };
  try {
    for await (const figure of group.measure(bench, (name) => isWanted(name, positionals))) {
      figures.push(figure);
      if (values.json) process.stdout.write(`${JSON.stringify(figure)}\n`);
    }
  } finally {
    await bench.close();
  }
}
if (!values.json) printTable(figures);

async function loadGroups(wanted) {
  const names = readdirSync(new URL('groups/', import.meta.url))
    .filter((name) => name.endsWith('.mjs'))
    .sort();
  const all = await Promise.all(names.map(async (name) => (await import(`./groups/${name}`)).group));
  return all.filter((group) => wanted.length === 0 || group.figures.some((name) => isWanted(name, wanted)));
}

function isWanted(name, wanted) {
  return wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix) || prefix.startsWith(`${name}.`));
}

function printTable(rows) {
  const width = Math.max(...rows.map((one) => one.name.length));
  for (const { name, value, unit, against: real } of rows) {
    const beside = real === undefined ? '' : `  real ${show(real)} ${unit}, ratio ${(value / real).toFixed(2)}`;
    process.stdout.write(`${name.padEnd(width)}  ${show(value)} ${unit}${beside}\n`);
  }
}

function show(value) {
  return (Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(1)).padStart(12);
}
