// The level of output lines as common loggers write them.
import { expect, test } from 'vitest';
import { guessLevel } from './level.ts';

const lines: { line: string; stream?: 'stderr'; level: string }[] = [
  { line: '{"level":30,"msg":"pino"}', level: 'INFO' },
  { line: '{"time":1,"level":50,"msg":"pino"}', level: 'ERROR' },
  { line: '{"level":"warn","message":"winston"}', level: 'WARN' },
  { line: '{"severity":"CRITICAL","message":"gcp"}', level: 'FATAL' },
  { line: '{"msg":"the word ERROR in a message","level":"info"}', level: 'INFO' },
  { line: '{"log.level": "debug"}', level: 'DEBUG' },
  { line: 'ts=2026-01-01 level=error msg="logfmt"', level: 'ERROR' },
  { line: '2026-01-01T00:00:00Z WARN something', level: 'WARN' },
  { line: '[ERROR] boom', level: 'ERROR' },
  { line: 'INFO:     Uvicorn running', level: 'INFO' },
  { line: 'warning: deprecated', level: 'WARN' },
  { line: 'debug: x', level: 'DEBUG' },
  { line: 'TypeError: x is not a function\n    at f (a.js:1:1)', level: 'ERROR' },
  { line: 'java.lang.IllegalStateException: no', level: 'ERROR' },
  { line: 'Traceback (most recent call last):\n  File "a.py", line 1', level: 'ERROR' },
  { line: 'panic: runtime error', level: 'ERROR' },
  { line: '(node:12) ExperimentalWarning: x', stream: 'stderr', level: 'WARN' },
  { line: 'checkout is open for orders', level: 'INFO' },
  { line: 'no errors found', level: 'INFO' },
  { line: 'something on stderr', stream: 'stderr', level: 'WARN' },
];

test.each(lines)('$line is $level', ({ line, stream = 'stdout' as const, level }) => {
  expect(guessLevel(line, stream).text).toBe(level);
});
