// Stands in for Grafana: starts only with the data sources and the dashboard where the genuine one looks for them, and answers
// whether it is healthy. It shows nothing.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

const needed = [
  '/etc/grafana/provisioning/datasources/stack.yaml',
  process.env.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH,
];
const missing = needed.filter((file) => !existsSync(file ?? ''));
if (missing.length > 0) {
  process.stderr.write(`missing: ${missing.join(', ')}\n`);
  process.exit(1);
}
process.on('SIGTERM', () => process.exit(0));
createServer((request, response) => {
  response.writeHead(request.url === '/api/health' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
}).listen(3000, '0.0.0.0');
