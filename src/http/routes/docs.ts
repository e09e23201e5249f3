import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ANYONE } from '../auth/principal.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

/** The files of swagger-ui-dist that the page needs; it is served by us, nothing comes from elsewhere. */
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

const DOCS_HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>commslog API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

// validatorUrl: null, or Swagger UI would send the document to a validator on the Internet
const START_SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
`;

/** The API's own description: the document, and a page that shows it. `document` is asked once all routes are known. */
export function docsRoutes(document: () => object): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This document',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
      handler: () => ({ status: 200, json: document() }),
    }),
    defineRoute({
      method: 'get',
      path: '/docs',
      summary: 'This document as a page',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'A page', type: 'text/html', schema: z.string() } },
      handler: () => ({ status: 200, type: 'html', text: DOCS_HTML }),
    }),
    defineRoute({
      method: 'get',
      path: '/docs/{file}',
      summary: 'What the page needs',
      roles: ANYONE,
      params: z.strictObject({ file: z.enum(['start.js', ...SWAGGER_FILES]) }),
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'A script or a style sheet', type: 'text/javascript', schema: z.string() } },
      handler: ({ params: { file } }) => {
        if (file === 'start.js') return { status: 200, type: 'js', text: START_SCRIPT };
        const root = dirname(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`)));
        return { stream: (response) => response.sendFile(file, { root, cacheControl: false }) };
      },
    }),
  ];
}
