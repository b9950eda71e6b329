// How the structured metadata of records of one shape is written: records of one program have the same attributes in the
// same order, so names are sorted and clashes settled once per shape and not once per record.
import { compareNames, type Label, type Labels } from '../../../logql/values.ts';
import type { MetadataCodec } from '../../store/logs/metadata-codec.ts';
import { findNamed, levelNames, levelOfNumber, levelOfText } from './detect-level.ts';
import { type EncodedLabels, encodeLabels } from './encoded-labels.ts';

export interface PairStep {
  readonly kind: 'pair';
  readonly pair: number;
  readonly name: string;
  readonly nameId: number;
}

/** One step of writing: a pair of the record, the level, or labels that its scope shares. */
export type PlanStep =
  | PairStep
  | { readonly kind: 'level' }
  | { readonly kind: 'shared'; readonly shared: EncodedLabels };

/** Where the level of records of a shape comes from. */
export type LevelSource =
  | { readonly kind: 'given' }
  | { readonly kind: 'known'; readonly level: string }
  | { readonly kind: 'text' | 'number'; readonly pair: number }
  | { readonly kind: 'line' };

export interface MetadataPlan {
  /** In the order of names. */
  readonly steps: readonly PlanStep[];
  readonly level: LevelSource;
}

export const levelLabel = 'detected_level';

/** What all records of a scope have in common. */
export interface PlanContext {
  readonly stream: Labels;
  /** Labels of resource and scope; they hide those of records. */
  readonly shared: Labels;
  readonly codec: MetadataCodec;
}

/** Plans records whose pairs have these names; of equal names the last wins. */
export function planMetadata(names: readonly string[], context: PlanContext): MetadataPlan {
  const { shared, codec } = context;
  const pairs = new Map(names.map((name, pair) => [name, pair]));
  const level = findLevel(names, context);
  for (const [name] of shared) pairs.delete(name);
  const all: (readonly [name: string, source: number | Label | 'level'])[] = [...pairs];
  for (const label of shared) all.push([label[0], label]);
  if (level.kind !== 'given') all.push([levelLabel, 'level']);
  all.sort((a, b) => compareNames([a[0], ''], [b[0], '']));
  const steps: PlanStep[] = [];
  let run: Label[] = [];
  const endRun = () => {
    if (run.length > 0) steps.push({ kind: 'shared', shared: encodeLabels(run, codec) });
    run = [];
  };
  for (const [name, source] of all) {
    if (typeof source === 'object') {
      run.push(source);
      continue;
    }
    endRun();
    if (source === 'level') steps.push({ kind: 'level' });
    else steps.push({ kind: 'pair', pair: source, name, nameId: codec.nameIdOf(name) });
  }
  endRun();
  return { steps, level };
}

// The order of detectLevel: stream, metadata (a record's own first), severity number, line.
function findLevel(names: readonly string[], { stream, shared }: PlanContext): LevelSource {
  const isGiven = (name: string) => names.includes(name) || shared.some((one) => one[0] === name);
  if (isGiven(levelLabel)) return { kind: 'given' };
  const named = findNamed(stream);
  if (named !== undefined) return { kind: 'known', level: levelOfText(named) };
  const name = levelNames.find(isGiven) ?? 'severity_number';
  const read = name === 'severity_number' ? (text: string) => levelOfNumber(Number(text)) : levelOfText;
  const pair = names.indexOf(name);
  if (pair !== -1) return { kind: name === 'severity_number' ? 'number' : 'text', pair };
  const label = shared.find((one) => one[0] === name);
  return label === undefined ? { kind: 'line' } : { kind: 'known', level: read(label[1]) };
}
