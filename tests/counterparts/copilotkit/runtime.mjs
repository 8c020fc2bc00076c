// CopilotKit's own runtime, unmodified, as a company runs it: it holds the key and speaks AG-UI to the agent.
// The same server gives out the page, built into the folder that is named as the first argument.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { HttpAgent } from '@ag-ui/client';
import { CopilotRuntime } from '@copilotkit/runtime/v2';
import { createCopilotNodeListener } from '@copilotkit/runtime/v2/node';

const { ORIGIN, AGENT, KEY, PORT } = process.env;
const built = process.argv[2];
const runtime = new CopilotRuntime({
  agents: {
    [AGENT]: new HttpAgent({
      url: `${ORIGIN}/v1/ag-ui/agent/${AGENT}/run`,
      headers: { authorization: `Bearer ${KEY}` },
    }),
  },
});
const copilot = createCopilotNodeListener({ runtime, basePath: '/api/copilotkit' });
const types = { js: 'text/javascript', css: 'text/css', html: 'text/html' };

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://page');
  if (pathname.startsWith('/api/copilotkit')) return copilot(request, response);
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  const known = ['index.html', 'page.js', 'page.css'].includes(name);
  const file = known ? await readFile(`${built}/${name}`).catch(() => null) : null; // not every page has styles
  if (file === null) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': `${types[name.split('.').at(-1)]}; charset=utf-8` });
  return response.end(file);
}).listen(Number(PORT), '127.0.0.1');
