// A fastify server as an ES module, asked with the global fetch. It knows nothing of synack.
import Fastify from 'fastify';

const fastify = Fastify();
fastify.get('/', async (request) => ({ hello: 'fastify', protocol: request.protocol }));
fastify.post('/echo', async (request) => request.body);

const address = await fastify.listen({ port: 0, host: '127.0.0.1' });
console.log(address.replace(/:\d+$/, ''));
console.log(await (await fetch(address)).json());
const sent = { values: Array.from({ length: 10_000 }, (_, i) => i) };
const headers = { 'content-type': 'application/json' };
const answer = await fetch(`${address}/echo`, { method: 'POST', body: JSON.stringify(sent), headers });
console.log(answer.status, (await answer.json()).values.length);
await fastify.close();
await fetch(address).catch((error) => console.log(error.message));
