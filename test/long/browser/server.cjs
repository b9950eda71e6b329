// An app with a page of its own and one interface behind it. LOADER, where it is set, is the address of the stack's script.
const { createServer } = require('node:http');

const loader = process.env.LOADER;
const tag = loader === undefined ? '' : `<script crossorigin src="${loader}"></script>`;
const page = `<!doctype html>
<html>
<head><title>shop</title>${tag}</head>
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
  } else {
    response.setHeader('content-type', 'text/html').end(page);
  }
}).listen(0, '127.0.0.1');
