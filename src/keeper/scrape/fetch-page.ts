// Fetches one metrics page, bounded in size and time.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Bounds, describeLimit } from '../../model/limits.ts';

export interface FetchedPage {
  readonly body: Buffer;
  readonly contentType: string | undefined;
}

// As a Prometheus that scrapes native histograms asks: protobuf first, which alone has them, then OpenMetrics, then any text.
const accept = [
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6',
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5',
  'application/openmetrics-text;version=0.0.1;q=0.4',
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3',
  'text/plain;version=0.0.4;q=0.2',
  '*/*;q=0.1',
].join(',');

/** The page behind `url`. Rejects when it does not come whole within `timeoutMs`, is too large, or is not a 200. */
export function fetchPage(
  url: string,
  { timeoutMs, bounds }: { readonly timeoutMs: number; readonly bounds: Bounds },
): Promise<FetchedPage> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = { accept, 'user-agent': 'obs', connection: 'close' };
    const request = send(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`server returned HTTP status ${response.statusCode}`));
        request.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= bounds.page) return;
        // Said at once: a page that has come whole ends well for all that is done to its request.
        reject(new Error(`the page is too large (${describeLimit('page', bounds)})`));
        request.destroy();
      });
      response.once('end', () =>
        resolve({ body: Buffer.concat(chunks), contentType: response.headers['content-type'] }),
      );
      response.once('error', reject);
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.once('close', () => clearTimeout(timer));
    request.once('error', reject);
    request.end();
  });
}
