// Where the loader's tag goes in a page, however the page is cut.
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PageTag } from './page-tag.ts';

async function insert(chunks: readonly string[]): Promise<string> {
  const stream = new PageTag('<T>');
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return text(stream);
}

test.each([
  ['<!doctype html><html><head><title>x</title>', '<!doctype html><html><head><T><title>x</title>'],
  ['<html><HEAD lang="en"><script>1</script>', '<html><HEAD lang="en"><T><script>1</script>'],
  ['<!doctype html><title>no head</title>', '<!doctype html><T><title>no head</title>'],
  ['<!doctype html>\n<html lang="de">\n<body>x', '<!doctype html>\n<html lang="de"><T>\n<body>x'],
  ['<header>no head either</header>', '<T><header>no head either</header>'],
  ['plain words', '<T>plain words'],
  ['', ''],
])('%s', async (page, expected) => {
  expect(await insert([page])).toBe(expected);
  expect(await insert([...page]), 'letter by letter').toBe(expected);
});

test('a page that does not begin for long is not held back for ever', async () => {
  const page = `<!doctype html><!-- ${'x'.repeat(70_000)} --><p>`;
  expect(await insert([page])).toBe(page.replace('<!doctype html>', '<!doctype html><T>'));
});

test('letters beyond ASCII stay whole', async () => {
  const stream = new PageTag('<T>');
  const bytes = Buffer.from('<!-- ä€😀 --><head>😀');
  for (const byte of bytes) stream.write(Buffer.from([byte]));
  stream.end();
  expect(await text(stream)).toBe('<!-- ä€😀 --><head><T>😀');
});
