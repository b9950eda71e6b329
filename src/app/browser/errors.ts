// Errors of a page that nobody caught, as log records with the names that OpenTelemetry has for exceptions.
import { type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import { page } from './page.ts';

/** A page that fails in a loop must not fill the store. */
const maxRecords = 100;

/** Records uncaught errors and rejections from now on. */
export function watchErrors(logger: Logger): void {
  let count = 0;
  const record = (thrown: unknown): void => {
    count += 1;
    if (count > maxRecords) return;
    const { type, message, stack } = describe(thrown);
    logger.emit({
      severityNumber: SeverityNumber.ERROR,
      severityText: 'ERROR',
      body: `Uncaught ${type}: ${message}`,
      attributes: {
        'exception.type': type,
        'exception.message': message,
        ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
        'url.full': page.location.href,
      },
    });
  };
  // A script of another origin that fails tells its message only.
  page.addEventListener('error', ({ error, message }) => record(error ?? message ?? 'unknown error'));
  page.addEventListener('unhandledrejection', ({ reason }) => record(reason));
}

function describe(thrown: unknown): { type: string; message: string; stack?: string } {
  if (!(thrown instanceof Error)) return { type: 'Error', message: String(thrown) };
  return { type: thrown.name, message: thrown.message, ...(thrown.stack === undefined ? {} : { stack: thrown.stack }) };
}
