// Calls a template function: checks the number and types of its arguments as Go's reflection would, with its texts.
import type { Operand } from './nodes.ts';
import { GoTime, typeName, type Value } from './value.ts';

export type ParameterType = 'any' | 'string' | 'int' | 'float64' | 'time';

/** A template function. Throwing an Error becomes `error calling NAME: message`. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** Type of any further arguments. Absent: there may be none. */
  readonly rest?: ParameterType;
  /** `and` and `or` evaluate their arguments only as far as they need. */
  readonly lazy?: (values: Iterator<Value>) => Value;
  readonly run: (...args: never[]) => Value;
}

export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

/** A call that failed. `operand` is the guilty argument, if one is. */
export class TemplateCallError extends Error {
  readonly operand: Operand | undefined;
  readonly inFunction: boolean;

  constructor(message: string, at: { readonly operand?: Operand; readonly inFunction?: boolean } = {}) {
    super(message);
    this.operand = at.operand;
    this.inFunction = at.inFunction ?? false;
  }
}

/** Calls a function with its written operands and the value piped into it, if any. @throws TemplateCallError */
export function callFunction(
  functions: FunctionTable,
  call: {
    readonly name: string;
    readonly operands: readonly Operand[];
    readonly evaluate: (operand: Operand) => Value;
    readonly piped: readonly Value[];
  },
): Value {
  const { name, operands, evaluate, piped } = call;
  const fn = functions.get(name);
  if (!fn) throw new TemplateCallError(`${JSON.stringify(name)} is not a defined function`);
  checkCount(name, fn, operands.length + piped.length);
  if (fn.lazy) return fn.lazy(evaluateLazily(operands, evaluate, piped));
  const args = operands.map((operand, index) => convertOperand(operand, typeAt(fn, index), evaluate));
  for (const value of piped) args.push(convertValue(value, typeAt(fn, args.length)));
  if (name === 'call') throw refuseCall(operands, args);
  try {
    return (fn.run as (...args: Value[]) => Value)(...args); // convert…() made each argument of its declared type
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TemplateCallError) throw error;
    throw new TemplateCallError(`error calling ${name}: ${error.message}`, { inFunction: true });
  }
}

function* evaluateLazily(
  operands: readonly Operand[],
  evaluate: (operand: Operand) => Value,
  piped: readonly Value[],
): Generator<Value> {
  for (const operand of operands) yield evaluate(operand);
  yield* piped;
}

function refuseCall(operands: readonly Operand[], args: readonly Value[]): TemplateCallError {
  const message = `error calling call: non-function ${operands[0]?.text ?? ''} of type ${typeName(args[0])}`;
  return new TemplateCallError(message, { inFunction: true });
}

function checkCount(name: string, fn: TemplateFunction, given: number): void {
  const fixed = fn.parameters.length;
  if (fn.rest === undefined ? given === fixed : given >= fixed) return;
  const want = fn.rest === undefined ? `${fixed}` : `at least ${fixed}`;
  throw new TemplateCallError(`wrong number of args for ${name}: want ${want} got ${given}`);
}

function typeAt(fn: TemplateFunction, index: number): ParameterType {
  return fn.parameters[index] ?? fn.rest ?? 'any';
}

// Constants are checked by their kind: an int where a string is wanted is refused with the constant's text.
function convertOperand(operand: Operand, type: ParameterType, evaluate: (operand: Operand) => Value): Value {
  const constant = operand.kind === 'string' || operand.kind === 'number' || operand.kind === 'bool';
  if (!constant || type === 'any') {
    if (operand.kind === 'nil') return null;
    try {
      return convertValue(evaluate(operand), type);
    } catch (error) {
      if (error instanceof TemplateCallError && error.operand === undefined && !error.inFunction) {
        throw new TemplateCallError(error.message, { operand });
      }
      throw error;
    }
  }
  const { value } = operand;
  if (type === 'string' && typeof value === 'string') return value;
  if (type === 'int' && typeof value === 'bigint') return value;
  if (type === 'float64' && (typeof value === 'bigint' || typeof value === 'number')) return Number(value);
  const want = { string: 'string', int: 'integer', float64: 'float', time: 'time.Time' }[type];
  throw new TemplateCallError(`expected ${want}; found ${operand.text}`, { operand });
}

const isOfType: Readonly<Record<ParameterType, (value: Value) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  int: (value) => typeof value === 'bigint',
  float64: (value) => typeof value === 'number',
  time: (value) => value instanceof GoTime,
};

function convertValue(value: Value, type: ParameterType): Value {
  if (isOfType[type](value)) return value;
  const want = type === 'time' ? 'time.Time' : type;
  if (value === null || value === undefined) throw new TemplateCallError(`invalid value; expected ${want}`);
  throw new TemplateCallError(`wrong type for value; expected ${want}; got ${typeName(value)}`);
}
