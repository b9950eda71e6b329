// An app with a page of its own and one interface behind it. LOADER, where it is set, is the address of the stack's script;
// SCRIPT, where it is set, a file with one that the page runs itself.
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');

const loader = process.env.LOADER;
const tag = loader === undefined ? '' : `<script crossorigin src="${loader}"></script>`;
const script = process.env.SCRIPT === undefined ? '' : '<script src="/own.js"></script>';
const page = `<!doctype html>
<html>
<head><title>shop</title>${tag}${script}</head>
<body><script>
fetch('/api/items')
  .then((answer) => answer.json())
  .then((items) => { document.title = items.join(' '); throw new TypeError('the page broke'); });
</script></body>
</html>`;

createServer((request, response) => {
  if (request.url === '/api/items') {
    console.log('items were asked for');
    response.setHeader('content-type', 'application/json').end('["tea","jam"]');
  } else if (request.url === '/own.js') {
    response.setHeader('content-type', 'text/javascript').end(readFileSync(process.env.SCRIPT));
  } else {
    response.setHeader('content-type', 'text/html').end(page);
  }
}).listen(0, '127.0.0.1');
