import { isCoordinationError } from '@rookery/client';

/** undefined where the access list does not allow it. */
export async function permitted<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isCoordinationError(error, 'NO_AUTH')) return undefined;
    throw error;
  }
}

/** undefined where the access list does not allow it, or there is no such node. */
export async function readable<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await permitted(answer);
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}
