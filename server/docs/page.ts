/**
 * The document of the API as a page: no script, no style of its own, nothing from elsewhere, so that it can be read under the
 * strict policy and without a network.
 */
import type { ApiDocument, DescribedOperation } from './openapi.ts';

/** @param styleUrl where its style is served */
export function pageOf({ info, paths }: ApiDocument, styleUrl: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  const html = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escape(info.title)} API</title><link rel="stylesheet" href="${escape(styleUrl)}"></head><body><main>`,
    `<h1>${escape(info.title)} API <small>${escape(info.version)}</small></h1><p>${escape(info.description)}</p>`,
    `<nav aria-label="Requests"><ul>${operations.map(({ path, method, operation }) => `<li><a href="#${escape(operation.operationId)}"><b>${escape(method.toUpperCase())}</b> ${escape(path)}</a></li>`).join('')}</ul></nav>`,
    ...operations.map(({ path, method, operation }) => section(path, method, operation)),
    `</main></body></html>`,
  ];
  return html.join('\n');
}

function section(path: string, method: string, { operationId, summary, security, parameters, requestBody, responses }: DescribedOperation): string {
  const rows = parameters.map(({ name, in: place, required, description = '', schema }) => {
    const cells = [name, `${place}${required ? ', required' : ''}`, description, JSON.stringify(schema)];
    return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
  });
  const who = security.length === 0 ? 'Anybody.' : `Only with ${security.flatMap(Object.keys).map((each) => WITH[each] ?? each).join(' or ')}.`;
  return [
    `<section id="${escape(operationId)}"><h2><b>${escape(method.toUpperCase())}</b> ${escape(path)}</h2><p>${escape(summary)} ${escape(who)}</p>`,
    rows.length === 0 ? '' : `<table><thead><tr><th>Name</th><th>Where</th><th>Meaning</th><th>Form</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
    requestBody === undefined ? '' : `<h3>Body</h3>${code(requestBody.content)}`,
    ...Object.entries(responses).map(([status, { description, content }]) => `<h3>${escape(status)}: ${escape(description)}</h3>${content === undefined ? '' : code(content)}`),
    '</section>',
  ].join('');
}

const WITH: Readonly<Record<string, string>> = { session: 'the cookie of a session', key: 'an API key' };

function code(content: Readonly<Record<string, { readonly schema: unknown }>>): string {
  return Object.entries(content).map(([type, { schema }]) => `<p>${escape(type)}</p><pre tabindex="0">${escape(JSON.stringify(schema, null, 2))}</pre>`).join('');
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
nav ul { list-style: none; padding: 0; }
a { display: inline-block; padding: 0.5rem 0; }
section { border-top: 1px solid; margin-top: 2rem; }
h2, td, pre { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid; padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; }
pre { max-height: 30rem; overflow: auto; padding: 0.5rem; border: 1px solid; }
`;
