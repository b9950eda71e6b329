// The progress of a pull from the engine's events, and the frames of a container's log.
import { expect, test } from 'vitest';
import { joinFrames } from './log-lines.ts';
import { PullProgress } from './pull.ts';

test('a pull tells layers and bytes, and what it waits for before the first layer', () => {
  const progress = new PullProgress();
  expect(progress.describe()).toBe('the registry has not answered yet');
  progress.note({ status: 'Pulling from some/image', id: 'latest' });
  expect(progress.describe()).toBe('Pulling from some/image');
  progress.note({ status: 'Already exists', id: 'a' });
  progress.note({ status: 'Pulling fs layer', id: 'b' });
  progress.note({ status: 'Downloading', id: 'b', progressDetail: { current: 1_500_000, total: 4_000_000 } });
  progress.note({ status: 'Downloading', id: 'c', progressDetail: { current: 500_000, total: 1_000_000 } });
  expect(progress.describe()).toBe('1 of 3 layers, 2.0 of 5.0 MB');
  progress.note({ status: 'Extracting', id: 'b', progressDetail: { current: 100, total: 4_000_000 } });
  progress.note({ status: 'Download complete', id: 'b' });
  progress.note({ status: 'Pull complete', id: 'c' });
  expect(progress.describe()).toBe('2 of 3 layers, 5.0 of 5.0 MB');
});

test('the lines of both streams of a log are joined in their order', () => {
  const frame = (stream: number, text: string) => {
    const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  expect(joinFrames(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')]))).toBe('out\nerr\n');
  expect(joinFrames(Buffer.alloc(0))).toBe('');
});
