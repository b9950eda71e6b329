// The text half of `obs discover`.
import type { DiscoverAnswer, NamedValues } from '../answers/discover.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine, cutToWidth } from './clean.ts';
import { paint } from './paint.ts';
import { renderTable } from './table.ts';

export function renderDiscover(answer: DiscoverAnswer, style: RenderStyle): string {
  const title = (text: string) => paint(style, 'bold', text);
  const empty = answer.services.length === 0;
  return [
    `${title('services')}  ${empty ? 'none: no telemetry in the window (obs doctor says why)' : answer.services.map(cleanLine).join(', ')}`,
    ...(answer.logs === null
      ? []
      : ['', title('log labels, for obs logs \'{label="value"}\''), ...renderNames(answer.logs, answer.labelCount)]),
    ...(answer.metrics === null ? [] : ['', title('metrics, for obs metrics NAME'), ...renderMetricRows(answer)]),
    ...(answer.traces === null
      ? []
      : [
          '',
          title('span attributes, for obs traces \'{ attribute = "value" }\''),
          ...renderNames(answer.traces, answer.attributeCount),
        ]),
  ].join('\n');
}

function renderNames(rows: readonly NamedValues[], count: number | null): string[] {
  if (rows.length === 0) return ['  none'];
  const cells = rows.map(({ name, values, valueCount }) => {
    const more = valueCount > values.length ? ` … (${valueCount})` : '';
    return [`  ${cleanLine(name)}`, cutToWidth(values.map(cleanLine).join(', '), 120) + more];
  });
  return [...renderTable(cells), ...renderHidden(rows, count)];
}

function renderMetricRows({ metrics, metricCount }: DiscoverAnswer): string[] {
  const rows = metrics ?? [];
  if (rows.length === 0) return ['  none'];
  return [
    ...renderTable(rows.map((row) => [`  ${cleanLine(row.name)}`, row.type, row.unit, cleanLine(row.help)])),
    ...renderHidden(rows, metricCount),
  ];
}

function renderHidden(rows: readonly unknown[], count: number | null): string[] {
  const hidden = (count ?? 0) - rows.length;
  return hidden > 0 ? [`  ${hidden} more: narrow it with --match TEXT`] : [];
}
