// Tree back to text, in Loki's own layout; parsing the result gives the same tree again.
import { formatGoDuration, formatPrometheusDuration } from '../std/go-duration.ts';
import { formatGoFixed } from '../std/go-strconv.ts';
import { quoteGoString } from '../std/go-string.ts';
import type {
  BinaryExpr,
  Expr,
  Grouping,
  LabelExtraction,
  LabelFilter,
  LineFilterStage,
  LogExpr,
  LogRange,
  Matcher,
  MetricExpr,
  NamedMatcher,
  StageExpr,
  Unwrap,
} from './ast.ts';
import { formatBytesSize } from './bytes-size.ts';

/** Prints any query on one line. */
export function print(expr: Expr): string {
  if (expr.kind === 'log') return printLog(expr);
  if (expr.kind === 'variants') {
    return `variants(${expr.metrics.map(print).join(', ')}) of (${printRange(expr.range)})`;
  }
  return printMetric(expr);
}

/** `{a="b", c=~"d"} | json` */
export function printLog(log: LogExpr): string {
  return [printSelector(log.matchers), ...log.stages.map(printStage)].join(' ');
}

/** `{a="b", c=~"d"}` */
export function printSelector(matchers: readonly Matcher[]): string {
  return `{${matchers.map(printMatcher).join(', ')}}`;
}

export function printMatcher({ name, type, value }: Matcher): string {
  return `${name}${type}${quoteGoString(value)}`;
}

type StageOf<Kind extends StageExpr['kind']> = Extract<StageExpr, { kind: Kind }>;

const stagePrinters: { readonly [Kind in StageExpr['kind']]: (stage: StageOf<Kind>) => string } = {
  line_filter: printLineFilter,
  json: (stage) => ['| json', printExtractions(stage.extractions)].join(''),
  logfmt: (stage) =>
    `| logfmt${stage.strict ? ' --strict' : ''}${stage.keepEmpty ? ' --keep-empty' : ''}${printExtractions(stage.extractions)}`,
  regexp: (stage) => `| regexp ${quoteGoString(stage.pattern)}`,
  pattern: (stage) => `| pattern ${quoteGoString(stage.pattern)}`,
  unpack: () => '| unpack',
  label_filter: (stage) => `| ${printLabelFilter(stage.filter)}`,
  line_format: (stage) => `| line_format ${quoteGoString(stage.template)}`,
  label_format: (stage) => `| label_format ${stage.formats.map(printLabelFormat).join(',')}`,
  drop: (stage) => `| drop ${stage.names.map(printNamedMatcher).join(',')}`,
  keep: (stage) => `| keep ${stage.names.map(printNamedMatcher).join(',')}`,
  decolorize: () => '| decolorize',
};

/** One stage with its leading sign. */
export function printStage(stage: StageExpr): string {
  // The table's type says that each printer takes the stage of its own kind.
  return (stagePrinters[stage.kind] as (stage: StageExpr) => string)(stage);
}

function printLineFilter(stage: LineFilterStage): string {
  const terms = stage.terms.map(({ text, ip }) => (ip ? `ip(${quoteGoString(text)})` : quoteGoString(text)));
  return `${stage.type} ${terms.join(' or ')}`;
}

function printExtractions(extractions: readonly LabelExtraction[]): string {
  if (extractions.length === 0) return '';
  return ` ${extractions.map(({ label, expression }) => `${label}=${quoteGoString(expression)}`).join(',')}`;
}

function printLabelFormat(format: { to: string; from?: string; template?: string }): string {
  return `${format.to}=${format.from ?? quoteGoString(format.template ?? '')}`;
}

function printNamedMatcher({ name, matcher }: NamedMatcher): string {
  return matcher ? printMatcher(matcher) : name;
}

export function printLabelFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'string':
      return printMatcher(filter.matcher);
    case 'number':
      return `${filter.name}${filter.op}${formatGoFixed(filter.value)}`;
    case 'duration':
      return `${filter.name}${filter.op}${formatGoDuration(filter.value)}`;
    case 'bytes':
      return `${filter.name}${filter.op}${formatBytesSize(filter.value)}`;
    case 'ip':
      return `${filter.name}${filter.op}ip(${quoteGoString(filter.pattern)})`;
    case 'and':
      return `( ${printLabelFilter(filter.left)} , ${printLabelFilter(filter.right)} )`;
    case 'or':
      return `( ${printLabelFilter(filter.left)} or ${printLabelFilter(filter.right)} )`;
  }
}

/** `{…} | … | unwrap x[5m] offset 1m0s` */
export function printRange(range: LogRange): string {
  const unwrap = range.unwrap ? ` ${printUnwrap(range.unwrap)}` : '';
  return `${printLog(range.log)}${unwrap}[${formatPrometheusDuration(range.rangeNs)}]${printOffset(range)}`;
}

export function printOffset({ offsetNs }: LogRange): string {
  return offsetNs === 0 ? '' : ` offset ${formatGoDuration(offsetNs)}`;
}

export function printUnwrap({ label, conversion, postFilters }: Unwrap): string {
  const head = `| unwrap ${conversion ? `${conversion}(${label})` : label}`;
  return [head, ...postFilters.map((filter) => `| ${printLabelFilter(filter)}`)].join(' ');
}

/** `by (a,b)`, or `without (a)` */
export function printGrouping({ without, labels }: Grouping): string {
  return `${without ? 'without' : 'by'} (${labels.join(',')})`;
}

function printMetric(expr: MetricExpr): string {
  switch (expr.kind) {
    case 'literal':
      return formatGoFixed(expr.value);
    case 'vector':
      return `vector(${expr.value.toFixed(6)})`;
    case 'range_aggregation': {
      const parameter = expr.parameter === undefined ? '' : `${formatGoFixed(expr.parameter)},`;
      const grouping = expr.grouping ? ` ${printGrouping(expr.grouping)}` : '';
      return `${expr.op}(${parameter}${printRange(expr.range)})${grouping}`;
    }
    case 'vector_aggregation': {
      const parameter = expr.parameter === undefined ? '' : `${expr.parameter},`;
      const grouping = expr.grouping ? ` ${printGrouping(expr.grouping)}` : '';
      return `${expr.op}${grouping}(${parameter}${print(expr.inner)})`;
    }
    case 'binary':
      return `(${print(expr.left)} ${expr.op}${printModifier(expr)} ${print(expr.right)})`;
    case 'label_replace': {
      const texts = [expr.target, expr.replacement, expr.source, expr.pattern].map(quoteGoString);
      return `label_replace(${print(expr.inner)},${texts.join(',')})`;
    }
  }
}

/** ` bool on (a) group_left (b)` */
export function printModifier({ returnBool, matching }: BinaryExpr): string {
  let out = returnBool ? ' bool' : '';
  if (!matching) return out;
  out += ` ${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(',')})`;
  if (matching.card === 'one-to-one') return out;
  return `${out} ${matching.card === 'many-to-one' ? 'group_left' : 'group_right'} (${matching.include.join(',')})`;
}
