// An express application that knows nothing of synack. As root:
//   npx synack lab -- sh -c 'npx synack run examples/express.cjs & sleep 2; curl http://10.9.0.2/hello/you'
const express = require('express');

const app = express();
app.get('/hello/:name', (request, response) => response.send(`hello, ${request.params.name}\n`));
app.listen(80);
