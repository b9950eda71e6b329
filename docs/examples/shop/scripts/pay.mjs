// Pays for what is in the cart, as a script of a journey: `node scripts/pay.mjs URL-OF-THE-GATEWAY`. Passes on the
// TRACEPARENT of its environment, as any program that joins a trace would.
const [gatewayUrl] = process.argv.slice(2);
const headers = process.env.TRACEPARENT ? { traceparent: process.env.TRACEPARENT } : {};
const answer = await fetch(`${gatewayUrl}/checkout`, { method: 'POST', headers });
const order = await answer.json();
console.log(answer.ok ? `paid ${order.total}` : `not paid: ${order.error}`);
process.exitCode = answer.ok ? 0 : 1;
