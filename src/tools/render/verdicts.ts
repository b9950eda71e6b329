// The text half of `obs check`: one line per budget, culprits below those that fail.
import { formatQuantity } from '../../budgets/language/units.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { CheckAnswer } from '../answers/check.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine } from './clean.ts';
import { type Colour, paint } from './paint.ts';

const marks: Readonly<Record<Verdict['verdict'], { readonly word: string; readonly colour: Colour }>> = {
  pass: { word: 'PASS   ', colour: 'green' },
  fail: { word: 'FAIL   ', colour: 'red' },
  warn: { word: 'WARN   ', colour: 'yellow' },
  no_data: { word: 'NO DATA', colour: 'magenta' },
};

export function renderVerdicts(answer: CheckAnswer, style: RenderStyle): string {
  const { pass, fail, warn, noData } = answer.summary;
  const counts = [
    `${pass} passed`,
    `${fail} failed`,
    ...(warn > 0 ? [`${warn} warned`] : []),
    ...(noData > 0 ? [`${noData} without data`] : []),
  ];
  const warnings = answer.warnings.map((warning) => `${paint(style, 'yellow', 'warning:')} ${cleanLine(warning)}`);
  const verdicts = answer.verdicts.flatMap((verdict) => renderVerdict(verdict, style));
  return [...verdicts, ...warnings, counts.join(', ')].join('\n');
}

function renderVerdict(verdict: Verdict, style: RenderStyle): string[] {
  const { word, colour } = marks[verdict.verdict];
  const observed = verdict.observed === null ? '' : `  ${formatQuantity(verdict.observed)}`;
  const head = `${paint(style, colour, word)} ${verdict.budget}${paint(style, 'bold', observed)}`;
  const reason = `        ${paint(style, 'dim', `${cleanLine(verdict.reason)} [${verdict.source}]`)}`;
  if (verdict.verdict === 'pass') return [`${head}  ${paint(style, 'dim', cleanLine(verdict.reason))}`];
  const culprits = verdict.culprits.map((one) => {
    const open =
      one.traceId === null || verdict.verdict === 'no_data' ? '' : paint(style, 'dim', `  (obs trace ${one.traceId})`);
    return `        ${paint(style, colour, '→')} ${cleanLine(one.line)}${open}`;
  });
  const query = verdict.query === null ? [] : [`        ${paint(style, 'dim', 'query')}  ${cleanLine(verdict.query)}`];
  return [head, reason, ...culprits, ...query];
}
