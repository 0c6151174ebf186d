// ioredis, at a redis server whose address it is given. It knows nothing of synack.
const Redis = require('ioredis');

const [host, port] = process.argv.slice(2);
const redis = new Redis({ host, port: Number(port) });

async function main() {
  await redis.set('text', 'v'.repeat(1_000_000));
  console.log((await redis.get('text')).length, await redis.ping());
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) pipeline.incr('count');
  await pipeline.exec();
  const listener = redis.duplicate();
  await listener.subscribe('news');
  const message = new Promise((resolve) => listener.on('message', (channel, text) => resolve(`${channel}: ${text}`)));
  await redis.publish('news', 'it works');
  console.log(await redis.get('count'), await message);
  await Promise.all([redis.quit(), listener.quit()]);
}

void main();
