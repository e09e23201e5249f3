import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { VERSION } from '../../version.ts';
import { SESSION_COOKIE } from '../auth/cookie.ts';
import { problemSchema } from './problem.ts';
import { type Answer, nothing, type Route } from './route.ts';

/** The OpenAPI 3.1 document of exactly these routes. */
export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'for our own pages; writes need the same origin',
  });
  for (const route of routes) register(registry, route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'commslog',
      version: VERSION,
      description: 'The call log of a CRM, from what the phone system says. Times are RFC 3339 in UTC.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
  });
}

function register(registry: OpenAPIRegistry, route: Route): void {
  const { access } = route;
  registry.registerPath({
    method: route.method,
    path: route.path,
    operationId: operationId(route),
    summary: route.summary,
    description: access === 'open' ? 'Open to all.' : `Roles: ${access.join(', ')}.`,
    security: access === 'open' ? [] : [{ bearer: [] }, { session: [] }],
    request: {
      ...(route.params === nothing ? {} : { params: route.params }),
      ...(route.query === nothing ? {} : { query: route.query }),
      ...(route.headers ? { headers: route.headers } : {}),
      ...(route.body === nothing ? {} : { body: documentedBody(route.body) }),
    },
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, documented(answer)])),
      default: {
        description: 'Problem details (RFC 9457)',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  });
}

function documentedBody(schema: Route['body']) {
  return { required: !schema.safeParse({}).success, content: { 'application/json': { schema } } };
}

function documented({ description, schema, type = 'application/json' }: Answer) {
  return schema ? { description, content: { [type]: { schema } } } : { description };
}

/** `get /api/crm/comms/{id}` → `get_crm_comms_id` */
function operationId({ method, path }: Route): string {
  return [method, ...path.split(/\W+/).filter((part) => part !== '' && part !== 'api')].join('_');
}
