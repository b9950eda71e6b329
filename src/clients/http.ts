// One HTTP request as the clients send it: `std/http-exchange.ts`, and a sandbox that forbids it is told apart.
import { ObsError } from '../errors/obs-error.ts';
import { exchangeHttp, type HttpAnswer, type HttpCall, HttpFailure } from '../std/http-exchange.ts';

export { type HttpAnswer, type HttpCall, HttpFailure };

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects with HttpFailure when there is none in
 * time, with OBS_SANDBOXED when the system forbids the connection, and with the signal's reason when it is aborted.
 */
export async function sendHttp(call: HttpCall): Promise<HttpAnswer> {
  try {
    return await exchangeHttp(call);
  } catch (error) {
    // A firewall of the machine does not say EPERM to a loopback connection; a sandbox does.
    if (!(error instanceof HttpFailure) || (error.code !== 'EPERM' && error.code !== 'EACCES')) throw error;
    const action = `connect to ${new URL(call.url).host}`;
    throw new ObsError('OBS_SANDBOXED', { action, code: error.code }, { cause: error });
  }
}
