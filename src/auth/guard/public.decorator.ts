import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const PUBLIC = 'herald:public';

/** A route that anybody may call. Credentials that come along are still read, and ignored where they are not valid. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

export const UNLIMITED = 'herald:unlimited';

/** A route that the rate limit does not count: health and metrics must answer when everything else is refused. */
export const Unlimited = (): CustomDecorator => SetMetadata(UNLIMITED, true);
