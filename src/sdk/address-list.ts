import { z } from 'zod';
import { isAddressEntry } from '../kernel/address-list.ts';

/** The schema of an option that lists IP addresses and networks: `['10.0.0.7', '10.1.0.0/16', 'fd00::/8']`. */
export const addressList = z.array(
  z.string().refine(isAddressEntry, 'Allowed are IP addresses and networks, as 10.0.0.0/8, without ports and zones'),
);
