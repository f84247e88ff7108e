import { formatOf, isObject, type Recogniser, timeOf } from './format.ts';

/** An instance of a service, as Curator's discovery writes it. */
export const curatorJson: Recogniser<unknown> = (_path, value) => {
  if (!isObject(value)) return undefined;
  const { name, id, address, registrationTimeUTC, serviceType } = value;
  if (typeof name !== 'string' || typeof id !== 'string' || typeof serviceType !== 'string') return undefined;
  if (registrationTimeUTC === undefined) return undefined;
  return formatOf('curator service', "Curator's service discovery: an instance of a service", [
    ['service', name],
    ['id', id],
    ['address', address],
    ['port', value.port ?? undefined],
    ['TLS port', value.sslPort ?? undefined],
    ['enabled', value.enabled],
    ['since', timeOf(registrationTimeUTC)],
    ['type', serviceType],
    ['payload', value.payload ?? undefined],
  ]);
};
