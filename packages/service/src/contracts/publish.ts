import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import { accessOf } from './access.ts';
import { commandDocuments } from './check.ts';
import { ErrorBody, operations } from './index.ts';
import { deskOf, type Operation, route } from './operation.ts';

/** The version of the contracts: raised when an operation is added or widened. Older versions stay served for 28 days. */
export const CONTRACT_VERSION = '1.0.0';

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The same document with every copy of one schema replaced by a reference to it. */
function referTo(reference: string, inline: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (JSON.stringify(value) === inline) return { $ref: reference };
  if (Array.isArray(value)) return value.map((item) => referTo(reference, inline, item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, referTo(reference, inline, item)]),
  );
}

/** OpenAPI 3.1 of every operation, from the same schemas that check requests. */
async function openApi(): Promise<string> {
  const server = Fastify();
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Munjigi',
        version: CONTRACT_VERSION,
        description:
          'Entry passes, register and rules of a door that keeps working when every server is down.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: ['health', 'issuer', 'register', 'authority', 'demonstration'].map((name) => ({ name })),
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'munjigi_<body>' },
        },
      },
    },
  });
  // Fastify collects the schemas; nothing here ever answers or checks a request.
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => () => '');
  for (const operation of Object.values<Operation>(operations)) {
    server.route({
      ...(route(operation) as object as { method: 'GET'; url: string; schema: object }),
      handler: async () => null,
    });
  }
  await server.ready();
  const document = server.swagger() as { components: { schemas?: Record<string, unknown> } };
  await server.close();
  const { $id: _, ...error } = ErrorBody as { $id?: string };
  document.components.schemas = { Error: error };
  const { paths } = document as { paths?: unknown };
  return text({ ...document, paths: referTo('#/components/schemas/Error', JSON.stringify(error), paths) });
}

/** The committed contracts: file name under contracts/ to content. */
export async function contractFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const operation of Object.values<Operation>(operations)) {
    const { operationId, method, url, summary, params, querystring, body, answer, media } = operation;
    files.set(
      `${deskOf(operation)}/${operationId}.json`,
      text({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: summary,
        method,
        url,
        callers: accessOf(operationId).callers,
        ...(media ? { media } : {}),
        $defs: {
          ...(params ? { params } : {}),
          ...(querystring ? { query: querystring } : {}),
          ...(body ? { body } : {}),
          ...(answer ? { answer } : {}),
        },
      }),
    );
  }
  for (const [name, { title, schema }] of Object.entries(commandDocuments)) {
    files.set(name, text({ $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema }));
  }
  files.set('openapi.json', await openApi());
  return files;
}
