import { defaulted, object, optional, rules, section } from '../schema/builder.ts';
import { cpu, memory } from './quantity.ts';

/** Node itself, and a small tree. */
const MIN_MEMORY = '128Mi';

export const resources = section(
  object(
    'What each member asks for and may use.',
    {
      requests: section(
        object('What a node must have free.', {
          cpu: defaulted(cpu('Processors.'), '200m'),
          memory: optional(
            memory('Memory. Absent: as the limit, so that a node never runs out of it.', MIN_MEMORY),
          ),
        }),
      ),
      limits: section(
        object('What it may use.', {
          cpu: optional(cpu('Processors. Absent: what the node has to spare.')),
          memory: defaulted(
            memory("Memory; the bounds of Node's heap and of the tree follow it.", MIN_MEMORY),
            '512Mi',
          ),
        }),
      ),
    },
    rules(
      {
        rule: '!has(self.requests) || !has(self.requests.memory) || quantity(string(self.requests.memory)).compareTo(quantity(string(self.limits.memory))) <= 0',
        fieldPath: '.limits.memory',
        message: 'write a limit of memory (absent: 512Mi) of at least the request',
      },
      {
        rule: '!has(self.limits) || !has(self.limits.cpu) || quantity(string(self.requests.cpu)).compareTo(quantity(string(self.limits.cpu))) <= 0',
        fieldPath: '.limits.cpu',
        message: 'write a limit of cpu of at least the request (absent: 200m)',
      },
    ),
  ),
);
