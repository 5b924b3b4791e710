/**
 * The examples are plain files, so that a test in Python can check each against the schema:
 * examples/NN-name.graphql (first comment line: title; the comment lines after it: what it shows and for whom)
 * and, if it takes variables, examples/NN-name.json.
 */
export interface Example {
  readonly title: string;
  readonly description: string;
  readonly query: string;
  readonly variables: string;
}

const queries = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob<string>('./examples/*.json', { query: '?raw', import: 'default', eager: true });

function read([path, query]: [string, string]): Example {
  const lines = query.split('\n');
  const end = lines.findIndex(line => !line.startsWith('#'));
  const [title = path, ...rest] = lines.slice(0, end).map(line => line.replace(/^#\s*/, ''));
  return {
    title,
    description: rest.join(' '),
    query: lines.slice(end).join('\n').trimEnd(),
    variables: variables[path.replace(/graphql$/, 'json')]?.trimEnd() ?? '',
  };
}

export const EXAMPLES: readonly Example[] = Object.entries(queries).sort().map(read);
