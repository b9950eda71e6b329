// `| drop` and `| keep`: take labels away, by name or where a matcher holds. Dropping __error__ clears the error.
import type { DropStage, KeepStage } from '../ast.ts';
import { compileMatcher, errorDetailsLabel, errorLabel } from '../values.ts';
import type { LabelsBuilder } from './labels-builder.ts';
import type { Stage } from './stage.ts';

interface NameTest {
  readonly name: string;
  /** Absent: the name is enough. */
  readonly matches?: (value: string) => boolean;
}

/** Compiles `| drop` or `| keep`. */
export function compileDropOrKeep(stage: DropStage | KeepStage): Stage {
  const tests = stage.names.map(({ name, matcher }): NameTest => {
    return matcher ? { name, matches: compileMatcher(matcher).matches } : { name };
  });
  return stage.kind === 'drop'
    ? { process: (row) => drop(row.labels, tests) }
    : { process: (row) => keep(row.labels, tests) };
}

function drop(labels: LabelsBuilder, tests: readonly NameTest[]): true {
  for (const { name, matches } of tests) {
    if (name === errorLabel) {
      if (matches === undefined || matches(labels.error)) labels.error = '';
    } else if (name === errorDetailsLabel) {
      if (matches === undefined || matches(labels.errorDetails)) labels.errorDetails = '';
    } else {
      const value = labels.get(name);
      if (value !== undefined && (matches === undefined || matches(value))) labels.delete(name);
    }
  }
  return true;
}

function keep(labels: LabelsBuilder, tests: readonly NameTest[]): true {
  for (const name of labels.names()) {
    const value = labels.get(name) ?? '';
    const kept = tests.some((test) => test.name === name && (test.matches === undefined || test.matches(value)));
    if (!kept) labels.delete(name);
  }
  return true;
}
